//! Wake-ups from PostgreSQL: LISTEN on a session of its own.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Notify;
use tokio_postgres::{AsyncMessage, NoTls};
use tokio_util::sync::CancellationToken;

/// How long to wait before a broken session is made anew.
const AGAIN_AFTER: Duration = Duration::from_millis(500);

/// Answers a signal that is given whenever one of the channels is notified, and when the session was made anew: what
/// was missed meanwhile is then to be looked for. A signal is a hint; who waits for one also looks from time to time.
///
/// The session needs a connection of its own, not one through a transaction pooler. The task ends with `stop`.
pub fn signal(url: SecretString, channels: &'static [&'static str], stop: CancellationToken) -> Arc<Notify> {
    let signal = Arc::new(Notify::new());
    let given = signal.clone();
    tokio::spawn(async move {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                ended = listen(&url, channels, &given) => {
                    if let Err(error) = ended {
                        tracing::warn!(error = %error, "the session that waits for wake-ups broke; it is made anew");
                    }
                    tokio::select! { () = stop.cancelled() => {} () = tokio::time::sleep(AGAIN_AFTER) => {} }
                }
            }
        }
    });
    signal
}

/// One session, until it breaks.
async fn listen(url: &SecretString, channels: &[&str], given: &Notify) -> Result<(), tokio_postgres::Error> {
    let (client, mut connection) = tokio_postgres::connect(url.expose_secret(), NoTls).await?;
    let mut messages = stream::poll_fn(move |cx| connection.poll_message(cx));
    // The names are ours, never a caller's.
    let listen: String = channels.iter().map(|channel| format!("listen {channel};")).collect();
    let listening = async {
        client.batch_execute(&listen).await?;
        given.notify_one();
        // Held until the session ends: dropping the client would end it.
        std::future::pending::<Result<(), tokio_postgres::Error>>().await
    };
    let hearing = async {
        while let Some(message) = messages.next().await {
            if let AsyncMessage::Notification(_) = message? {
                given.notify_one();
            }
        }
        Ok(())
    };
    tokio::select! { ended = listening => ended, ended = hearing => ended }
}
