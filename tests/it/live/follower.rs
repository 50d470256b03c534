//! A client of the live connection.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest, http::HeaderValue},
};

/// Longer than anything takes that happens at all.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// A connection that is open.
pub struct Follower {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// Connects to `/api/v1/live` of a server; answers the status and body of a refusal.
pub async fn connect(url: &str, query: &str, headers: &[(&'static str, &str)]) -> Result<Follower, (u16, Value)> {
    let url = format!("{}/api/v1/live{query}", url.replace("http://", "ws://"));
    let mut request = url.into_client_request().expect("a request");
    for (name, value) in headers {
        request.headers_mut().insert(*name, HeaderValue::from_str(value).expect("a header"));
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(Follower { socket }),
        Err(tungstenite::Error::Http(response)) => {
            let body = response.body().as_deref().unwrap_or_default();
            Err((response.status().as_u16(), serde_json::from_slice(body).unwrap_or(Value::Null)))
        }
        Err(other) => panic!("the server answers: {other}"),
    }
}

impl Follower {
    /// Connects with an access token and hears the hello.
    pub async fn new(url: &str, token: &str, query: &str) -> (Self, i64) {
        let bearer = format!("Bearer {token}");
        let mut follower = connect(url, query, &[("authorization", &bearer)]).await.expect("a connection");
        let hello = follower.next().await.expect("a hello");
        assert_eq!(hello["kind"], "hello");
        (follower, hello["position"].as_i64().expect("a position"))
    }

    /// The next message; the close code when the server ends it. A broken link is code 0.
    pub async fn next(&mut self) -> Result<Value, u16> {
        loop {
            match tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a message in time") {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(0, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(0),
            }
        }
    }

    /// The next message of a kind; others are passed over.
    pub async fn next_of(&mut self, kind: &str) -> Result<Value, u16> {
        loop {
            let message = self.next().await?;
            if message["kind"] == kind {
                return Ok(message);
            }
        }
    }

    /// Says something to the server.
    pub async fn say(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.expect("the server listens");
    }
}
