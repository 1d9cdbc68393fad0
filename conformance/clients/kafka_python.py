"""kafka-python, one operation of ../client.ts: the request is JSON on stdin, the answer JSON on stdout."""

import json
import sys

from kafka import __version__, KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewPartitions, NewTopic


class CannotDo(Exception):
    pass


def produce(server, topic, records, codec, idempotent):
    settings = {}
    if "enable_idempotence" in KafkaProducer.DEFAULT_CONFIG:
        settings["enable_idempotence"] = idempotent
    elif idempotent:
        raise CannotDo(f"kafka-python {__version__} has no idempotent producer")
    producer = KafkaProducer(
        bootstrap_servers=server,
        acks="all",
        compression_type=None if codec == "none" else codec,
        max_request_size=2_000_000,
        **settings,
    )
    sent = [
        producer.send(
            topic,
            value=encoded(record["value"]),
            key=encoded(record["key"]),
            headers=[(name, value.encode()) for name, value in record["headers"]],
        )
        for record in records
    ]
    producer.flush()
    for future in sent:
        future.get(timeout=30)
    producer.close()


def consume(server, topic, group, count):
    consumer = new_consumer(server, group)
    if group:
        consumer.subscribe([topic])
    else:
        consumer.assign([TopicPartition(topic, 0)])
        consumer.seek_to_beginning()
    records = read(consumer, count)
    if group:
        consumer.commit()
    consumer.close(autocommit=False)
    return {"records": records}


def consumeFrom(server, topic, timestampMs, count):
    partition = TopicPartition(topic, 0)
    consumer = new_consumer(server, None)
    consumer.assign([partition])
    consumer.seek(partition, consumer.offsets_for_times({partition: timestampMs})[partition].offset)
    return {"records": read(consumer, count)}


def rebalance(server, topic, group):
    first, second = new_consumer(server, group), new_consumer(server, group)
    first.subscribe([topic])
    second.subscribe([topic])
    members = [first, second]
    while [len(member.assignment()) for member in members] != [2, 2]:
        poll_together(members)
    both = [partitions(member) for member in members]
    first.close(autocommit=False)
    while len(second.assignment()) != 4:
        second.poll(timeout_ms=100)
    alone = partitions(second)
    second.close(autocommit=False)
    return {"both": both, "alone": alone}


def poll_together(members):
    """A poll blocks while its member waits for the other one to join: each needs a thread."""
    import threading

    threads = [threading.Thread(target=member.poll, kwargs={"timeout_ms": 300}) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def createTopic(server, topic, partitions):
    KafkaAdminClient(bootstrap_servers=server).create_topics([NewTopic(topic, partitions, 1)])


def describeTopic(server, topic):
    admin = KafkaAdminClient(bootstrap_servers=server)
    if topic not in admin.list_topics():
        return {"partitions": None}
    return {"partitions": len(admin.describe_topics([topic])[0]["partitions"])}


def addPartitions(server, topic, total):
    KafkaAdminClient(bootstrap_servers=server).create_partitions({topic: NewPartitions(total)})


def deleteTopic(server, topic):
    KafkaAdminClient(bootstrap_servers=server).delete_topics([topic])


def new_consumer(server, group):
    return KafkaConsumer(
        bootstrap_servers=server,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        heartbeat_interval_ms=300,
    )


def read(consumer, count):
    records = []
    while len(records) < count:
        # max_records keeps the position, and so the commit, at what was returned.
        for polled in consumer.poll(timeout_ms=1000, max_records=count - len(records)).values():
            for record in polled:
                headers = [[name, value.decode()] for name, value in record.headers]
                records.append({"key": decoded(record.key), "value": decoded(record.value), "headers": headers})
    return records


def partitions(consumer):
    return sorted(each.partition for each in consumer.assignment())


def encoded(text):
    return None if text is None else text.encode()


def decoded(value):
    return None if value is None else value.decode()


request = json.load(sys.stdin)
try:
    answer = globals()[request.pop("op")](**request)
except CannotDo as why:
    answer = {"cannot": str(why)}
print(json.dumps(answer or {}))
