//! Closed-loop load: so many clients, each sends its next request when the last is answered.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use futures::future::try_join_all;

/// One that asks and waits for the answer, again and again.
pub trait Client: Send + 'static {
    /// Asks once.
    fn ask(&mut self) -> impl Future<Output = anyhow::Result<()>> + Send;

    /// What lies between an answer and the next question: nothing, but for who is somebody at a desk.
    fn pause(&mut self) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}

/// What a window of load came to.
#[derive(Debug, Clone)]
pub struct Window {
    /// Answers a second.
    pub per_second: f64,
    latencies: Vec<Duration>,
}

impl Window {
    /// What these answers within `elapsed` come to.
    pub fn of(mut latencies: Vec<Duration>, elapsed: Duration) -> Self {
        latencies.sort_unstable();
        Self { per_second: latencies.len() as f64 / elapsed.as_secs_f64(), latencies }
    }

    /// The latency that this share of the answers did not exceed, in milliseconds.
    pub fn quantile_ms(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let place = (last as f64 * share).round() as usize;
        self.latencies.get(place).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
    }
}

/// Lets all clients ask for `warm_up`, then counts what is asked and answered within `window`.
///
/// # Errors
/// The first error of any client: a load that fails measures nothing.
pub async fn run<C: Client>(clients: Vec<C>, warm_up: Duration, window: Duration) -> anyhow::Result<Window> {
    let begin = Instant::now() + warm_up;
    let end = begin + window;
    let tasks = clients.into_iter().map(|mut client| {
        tokio::spawn(async move {
            let mut latencies = Vec::with_capacity(1 << 14);
            loop {
                let asked = Instant::now();
                if asked >= end {
                    return anyhow::Ok(latencies);
                }
                client.ask().await?;
                let answered = Instant::now();
                if asked >= begin && answered <= end {
                    latencies.push(answered - asked);
                }
                client.pause().await;
            }
        })
    });
    let mut all = vec![];
    for latencies in try_join_all(tasks).await? {
        all.extend(latencies?);
    }
    Ok(Window::of(all, window))
}
