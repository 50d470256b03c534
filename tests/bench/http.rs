//! The smallest HTTP client that measures a server rather than itself: one kept-alive connection, requests written as
//! they are given, answers read to their declared end.

use anyhow::{Context, bail, ensure};
use std::net::{Ipv4Addr, SocketAddr};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// A connection to a server.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(server: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(1 << 16) })
    }

    /// Connects from another address of this machine.
    pub async fn open_from(from: Ipv4Addr, server: SocketAddr) -> anyhow::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((from, 0).into())?;
        let stream = socket.connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(1 << 12) })
    }

    /// Sends a whole request and reads its answer.
    ///
    /// # Errors
    /// When the connection breaks, or the answer does not declare its length.
    pub async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        let (status, head) = self.send(request).await?;
        Ok(Answer { status, body: self.buffer[head..].to_vec() })
    }

    /// As [`Connection::exchange`], for who wants the status alone: nothing is copied.
    ///
    /// # Errors
    /// As [`Connection::exchange`], and when the status is another.
    pub async fn expect(&mut self, status: u16, request: &[u8]) -> anyhow::Result<()> {
        let (answered, head) = self.send(request).await?;
        ensure!(answered == status, "{answered}: {}", String::from_utf8_lossy(&self.buffer[head..]));
        Ok(())
    }

    /// Sends, and reads an answer into the buffer; its status, and where its body begins.
    async fn send(&mut self, request: &[u8]) -> anyhow::Result<(u16, usize)> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
            let Some(head) = self.buffer.windows(4).position(|end| end == b"\r\n\r\n").map(|end| end + 4) else {
                continue;
            };
            let (status, length) = head_of(&self.buffer[..head])?;
            while self.buffer.len() < head + length {
                if self.stream.read_buf(&mut self.buffer).await? == 0 {
                    bail!("the server closed the connection");
                }
            }
            return Ok((status, head));
        }
    }
}

/// Status and content length of an answer's head.
fn head_of(head: &[u8]) -> anyhow::Result<(u16, usize)> {
    let head = std::str::from_utf8(head)?;
    let status = head.get(9..12).context("no status")?.parse()?;
    let length = head
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .context("the answer declares no length")?;
    Ok((status, length.1.trim().parse()?))
}

/// A GET.
pub fn get(path: &str, token: Option<&str>) -> Vec<u8> {
    let authorization = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!("GET {path} HTTP/1.1\r\nhost: bench\r\n{authorization}\r\n").into_bytes()
}

/// A POST of JSON.
pub fn post(path: &str, token: Option<&str>, idempotency_key: Option<&str>, body: &str) -> Vec<u8> {
    let authorization = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    let key = idempotency_key.map(|key| format!("idempotency-key: {key}\r\n")).unwrap_or_default();
    format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{authorization}{key}\r\n{body}",
        body.len()
    )
    .into_bytes()
}
