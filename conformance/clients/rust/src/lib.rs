//! What the Rust clients share: one operation of ../../../client.ts, as JSON on standard input and standard output.

use std::error::Error;
use std::io::stdin;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
pub struct Request {
    pub op: String,
    pub server: String,
    pub topic: String,
    pub group: Option<String>,
    pub records: Vec<Record>,
    pub codec: String,
    pub idempotent: bool,
    pub count: usize,
    pub partitions: i32,
    pub total: usize,
    pub timestamp_ms: i64,
}

#[derive(Deserialize, Serialize)]
pub struct Record {
    pub key: Option<String>,
    pub value: Option<String>,
    pub headers: Vec<(String, String)>,
}

pub type Answer = Result<Value, Box<dyn Error>>;

pub fn read_request() -> Result<Request, Box<dyn Error>> {
    Ok(serde_json::from_reader(stdin())?)
}

pub fn cannot(why: &str) -> Answer {
    Ok(json!({ "cannot": why }))
}

pub fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
