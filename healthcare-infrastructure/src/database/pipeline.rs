//! Several statements in one round trip.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

/// One statement on its way; answers how many rows it touched.
pub type Step<'a> = Pin<Box<dyn Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a>>;

/// Makes a step of a future.
pub fn step<'a>(future: impl Future<Output = Result<u64, tokio_postgres::Error>> + Send + 'a) -> Step<'a> {
    Box::pin(future)
}

/// Sends the steps in order without waiting between them, and waits for all of their answers.
///
/// tokio-postgres sends a statement when its future is first polled; polling in order is sending in order. Every
/// answer is awaited, also behind an error, so that the connection is left between transactions.
///
/// # Errors
/// The first error in order. When the steps stand between BEGIN and COMMIT, nothing was changed then.
pub async fn in_one_round_trip(mut steps: Vec<Step<'_>>) -> Result<Vec<u64>, tokio_postgres::Error> {
    let mut answers: Vec<Option<Result<u64, tokio_postgres::Error>>> = steps.iter().map(|_| None).collect();
    poll_fn(|cx| {
        let mut waiting = false;
        for (step, answer) in steps.iter_mut().zip(answers.iter_mut()) {
            if answer.is_none() {
                match step.as_mut().poll(cx) {
                    Poll::Ready(result) => *answer = Some(result),
                    Poll::Pending => waiting = true,
                }
            }
        }
        if waiting { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    answers.into_iter().flatten().collect()
}
