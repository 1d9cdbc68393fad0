//! rdkafka, on librdkafka.

use std::error::Error;
use std::time::Duration;

use ottla_conformance::{Answer, Record, Request, read_request, text_of};
use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{Offset, TopicPartitionList};
use serde_json::json;

const TIMEOUT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(100);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let asked = read_request()?;
    let answer = match asked.op.as_str() {
        "produce" => produce(asked).await,
        "consume" => consume(asked),
        "consumeFrom" => consume_from(asked),
        "rebalance" => rebalance(asked),
        "describeTopic" => describe_topic(asked),
        _ => administer(asked).await,
    };
    println!("{}", answer?);
    Ok(())
}

async fn produce(asked: Request) -> Answer {
    let producer: FutureProducer = config(&asked)
        .set("acks", "all")
        .set("compression.type", &asked.codec)
        .set("enable.idempotence", asked.idempotent.to_string())
        .set("message.max.bytes", "2000000")
        .create()?;
    let mut sent = vec![];
    for each in &asked.records {
        let mut headers = OwnedHeaders::new();
        for (key, value) in &each.headers {
            headers = headers.insert(Header {
                key,
                value: Some(value),
            });
        }
        let mut record = FutureRecord::<str, str>::to(&asked.topic).headers(headers);
        record.key = each.key.as_deref();
        record.payload = each.value.as_deref();
        sent.push(producer.send_result(record).map_err(|(error, _)| error)?);
    }
    for delivery in sent {
        delivery.await?.map_err(|(error, _)| error)?;
    }
    Ok(json!({}))
}

fn consume(asked: Request) -> Answer {
    let consumer = new_consumer(&asked)?;
    if asked.group.is_some() {
        consumer.subscribe(&[&asked.topic])?;
    } else {
        assign(&consumer, &asked.topic, Offset::Beginning)?;
    }
    let (records, next) = read(&consumer, asked.count)?;
    if asked.group.is_some() {
        consumer.commit(
            &one_partition(&asked.topic, Offset::Offset(next))?,
            CommitMode::Sync,
        )?;
    }
    Ok(json!({ "records": records }))
}

fn consume_from(asked: Request) -> Answer {
    let consumer = new_consumer(&asked)?;
    let times = one_partition(&asked.topic, Offset::Offset(asked.timestamp_ms))?;
    consumer.assign(&consumer.offsets_for_times(times, TIMEOUT)?)?;
    let (records, _) = read(&consumer, asked.count)?;
    Ok(json!({ "records": records }))
}

/// The records, and the offset after the last.
fn read(consumer: &BaseConsumer, count: usize) -> Result<(Vec<Record>, i64), KafkaError> {
    let mut records = vec![];
    let mut next = 0;
    while records.len() < count {
        let Some(message) = consumer.poll(POLL).transpose()? else {
            continue;
        };
        let headers = message
            .headers()
            .into_iter()
            .flat_map(|headers| headers.iter());
        records.push(Record {
            key: message.key().map(text_of),
            value: message.payload().map(text_of),
            headers: headers
                .map(|each| (each.key.into(), text_of(each.value.unwrap_or_default())))
                .collect(),
        });
        next = message.offset() + 1;
    }
    Ok((records, next))
}

fn rebalance(asked: Request) -> Answer {
    let first = new_consumer(&asked)?;
    let second = new_consumer(&asked)?;
    for member in [&first, &second] {
        member.subscribe(&[&asked.topic])?;
    }
    while partitions(&first)?.len() != 2 || partitions(&second)?.len() != 2 {
        first.poll(POLL).transpose()?;
        second.poll(POLL).transpose()?;
    }
    let both = [partitions(&first)?, partitions(&second)?];
    drop(first);
    while partitions(&second)?.len() != 4 {
        second.poll(POLL).transpose()?;
    }
    Ok(json!({ "both": both, "alone": partitions(&second)? }))
}

fn partitions(consumer: &BaseConsumer) -> Result<Vec<i32>, KafkaError> {
    Ok(consumer
        .assignment()?
        .elements()
        .iter()
        .map(|each| each.partition())
        .collect())
}

fn describe_topic(asked: Request) -> Answer {
    let metadata = new_consumer(&asked)?.fetch_metadata(None, TIMEOUT)?;
    let found = metadata
        .topics()
        .iter()
        .find(|each| each.name() == asked.topic);
    Ok(json!({ "partitions": found.map(|each| each.partitions().len()) }))
}

async fn administer(asked: Request) -> Answer {
    let admin: AdminClient<DefaultClientContext> = config(&asked).create()?;
    let options = AdminOptions::new().operation_timeout(Some(TIMEOUT));
    let topic = asked.topic.as_str();
    let results = match asked.op.as_str() {
        "createTopic" => {
            let new = NewTopic::new(topic, asked.partitions, TopicReplication::Fixed(1));
            admin.create_topics(&[new], &options).await?
        }
        "addPartitions" => {
            admin
                .create_partitions(&[NewPartitions::new(topic, asked.total)], &options)
                .await?
        }
        _ => admin.delete_topics(&[topic], &options).await?,
    };
    for result in results {
        result.map_err(|(_, code): (String, RDKafkaErrorCode)| code)?;
    }
    Ok(json!({}))
}

fn assign(consumer: &BaseConsumer, topic: &str, offset: Offset) -> Result<(), KafkaError> {
    consumer.assign(&one_partition(topic, offset)?)
}

fn one_partition(topic: &str, offset: Offset) -> Result<TopicPartitionList, KafkaError> {
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topic, 0, offset)?;
    Ok(list)
}

fn new_consumer(asked: &Request) -> Result<BaseConsumer, KafkaError> {
    config(asked)
        .set("group.id", asked.group.as_deref().unwrap_or("unused"))
        .set("auto.offset.reset", "earliest")
        .set("enable.auto.commit", "false")
        .set("heartbeat.interval.ms", "300")
        .create()
}

fn config(asked: &Request) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &asked.server);
    config
}
