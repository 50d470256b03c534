//! A real Apache Kafka: one KRaft node, run by `scripts/kafka-run.sh` from Maven's jars.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::process::Guarded;
use crate::{free_port, until_listening};

/// Two Java machines start one after the other, on a machine that may be busy; the first time ever Maven downloads.
const START_LIMIT: Duration = Duration::from_secs(180);

static SHARED: OnceCell<KafkaBroker> = OnceCell::const_new();

/// A Kafka node on loopback ports of its own; stopped when dropped.
pub struct KafkaBroker {
    process: Guarded,
    port: u16,
    controller_port: u16,
    directory: TempDir,
}

/// The broker that the tests of this process share: each uses topics and groups of its own, and none stops it.
pub async fn shared() -> &'static KafkaBroker {
    SHARED.get_or_init(KafkaBroker::start).await
}

impl KafkaBroker {
    /// Starts one that a test has to itself, to stop or hang it.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start() -> Self {
        let directory = tempfile::Builder::new().prefix("healthcare-kafka-").tempdir().expect("a directory");
        let (port, controller_port) = (free_port(), free_port());
        let process = spawn(port, controller_port, &directory);
        let mut broker = Self { process, port, controller_port, directory };
        broker.until_ready().await;
        broker
    }

    /// What `KAFKA_BROKERS` is to be.
    pub fn brokers(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Makes a topic.
    ///
    /// # Panics
    /// When the broker refuses it.
    pub async fn create_topic(&self, name: &str, partitions: i32) {
        let topic = NewTopic::new(name, partitions, TopicReplication::Fixed(1));
        let options = AdminOptions::new().operation_timeout(Some(Duration::from_secs(30)));
        let made = self.admin().create_topics([&topic], &options).await.expect("the broker answers");
        for answer in made {
            answer.unwrap_or_else(|(topic, code)| panic!("topic {topic} was not made: {code}"));
        }
    }

    /// The process: for SIGSTOP (hung) and SIGCONT.
    pub fn process(&self) -> &Guarded {
        &self.process
    }

    /// Stops it; its log stays.
    pub fn stop(&mut self) {
        self.process.stop();
    }

    /// Starts a stopped one again, with its log, on the same port.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_again(&mut self) {
        self.process = spawn(self.port, self.controller_port, &self.directory);
        self.until_ready().await;
    }

    /// A listening port is not yet a broker: waits until it names itself in its metadata.
    async fn until_ready(&mut self) {
        until_listening(self.port, &mut self.process, START_LIMIT).await;
        let deadline = Instant::now() + START_LIMIT;
        loop {
            let admin = self.admin();
            let asking = move || admin.inner().fetch_metadata(None, Duration::from_secs(2));
            let answer = tokio::task::spawn_blocking(asking).await.expect("asking does not panic");
            if answer.is_ok_and(|metadata| !metadata.brokers().is_empty()) {
                return;
            }
            assert!(Instant::now() < deadline, "Kafka did not become ready:\n{}", self.process.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn admin(&self) -> AdminClient<DefaultClientContext> {
        ClientConfig::new().set("bootstrap.servers", self.brokers()).create().expect("a Kafka client")
    }
}

fn spawn(port: u16, controller_port: u16, directory: &TempDir) -> Guarded {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/kafka-run.sh");
    let mut command = Command::new(script);
    command.arg(port.to_string()).arg(controller_port.to_string()).arg(directory.path());
    // SIGKILL: an orderly end takes seconds, and the operating system keeps what the log holds.
    Guarded::spawn(&mut command, Signal::SIGKILL, &directory.path().join("output"), Some(directory.path()))
}
