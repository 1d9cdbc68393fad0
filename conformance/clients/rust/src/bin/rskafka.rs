//! rskafka, in pure Rust: partitions without groups.

use std::collections::BTreeMap;
use std::error::Error;

use chrono::{DateTime, Utc};
use ottla_conformance::{Answer, Record, Request, cannot, read_request, text_of};
use rskafka::client::partition::{Compression, OffsetAt, PartitionClient, UnknownTopicHandling};
use rskafka::client::{Client, ClientBuilder};
use serde_json::json;

const TIMEOUT_MS: i32 = 30_000;
const FETCH_BYTES: std::ops::Range<i32> = 1..2_000_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let asked = read_request()?;
    let client = ClientBuilder::new(vec![asked.server.clone()])
        .build()
        .await?;
    println!("{}", answer(client, asked).await?);
    Ok(())
}

async fn answer(client: Client, asked: Request) -> Answer {
    match asked.op.as_str() {
        "produce" => produce(client, asked).await,
        "consume" if asked.group.is_none() => read(client, asked, OffsetAt::Earliest).await,
        "consume" | "rebalance" => cannot("rskafka has no groups"),
        "consumeFrom" => {
            let time =
                DateTime::<Utc>::from_timestamp_millis(asked.timestamp_ms).ok_or("no such time")?;
            read(client, asked, OffsetAt::Timestamp(time)).await
        }
        "createTopic" => {
            client
                .controller_client()?
                .create_topic(&asked.topic, asked.partitions, 1, TIMEOUT_MS)
                .await?;
            Ok(json!({}))
        }
        "deleteTopic" => {
            client
                .controller_client()?
                .delete_topic(&asked.topic, TIMEOUT_MS)
                .await?;
            Ok(json!({}))
        }
        "describeTopic" => {
            let topics = client.list_topics().await?;
            let found = topics.iter().find(|each| each.name == asked.topic);
            Ok(json!({ "partitions": found.map(|each| each.partitions.len()) }))
        }
        _ => cannot("rskafka cannot add partitions"),
    }
}

async fn produce(client: Client, asked: Request) -> Answer {
    if asked.idempotent {
        return cannot("rskafka has no idempotent producer");
    }
    let compression = match asked.codec.as_str() {
        "gzip" => Compression::Gzip,
        "snappy" => Compression::Snappy,
        "lz4" => Compression::Lz4,
        "zstd" => Compression::Zstd,
        _ => Compression::NoCompression,
    };
    let mut records = vec![];
    for each in asked.records {
        let count = each.headers.len();
        let headers: BTreeMap<_, _> = each
            .headers
            .into_iter()
            .map(|(name, value)| (name, value.into_bytes()))
            .collect();
        if headers.len() < count {
            return cannot("rskafka keeps one header of a name");
        }
        records.push(rskafka::record::Record {
            key: each.key.map(String::into_bytes),
            value: each.value.map(String::into_bytes),
            headers,
            timestamp: Utc::now(),
        });
    }
    partition(&client, asked.topic)
        .await?
        .produce(records, compression)
        .await?;
    Ok(json!({}))
}

async fn read(client: Client, asked: Request, from: OffsetAt) -> Answer {
    let partition = partition(&client, asked.topic).await?;
    let mut offset = partition.get_offset(from).await?;
    let mut records = vec![];
    while records.len() < asked.count {
        let (fetched, _) = partition.fetch_records(offset, FETCH_BYTES, 500).await?;
        for each in fetched.into_iter().take(asked.count - records.len()) {
            offset = each.offset + 1;
            records.push(Record {
                key: each.record.key.as_deref().map(text_of),
                value: each.record.value.as_deref().map(text_of),
                headers: each
                    .record
                    .headers
                    .iter()
                    .map(|(name, value)| (name.clone(), text_of(value)))
                    .collect(),
            });
        }
    }
    Ok(json!({ "records": records }))
}

async fn partition(client: &Client, topic: String) -> Result<PartitionClient, Box<dyn Error>> {
    Ok(client
        .partition_client(topic, 0, UnknownTopicHandling::Error)
        .await?)
}
