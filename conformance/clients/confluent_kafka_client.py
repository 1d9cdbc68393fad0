"""confluent-kafka (librdkafka), one operation of ../client.ts: JSON on stdin, JSON on stdout."""

import json
import sys

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic


def produce(server, topic, records, codec, idempotent):
    producer = Producer(
        {
            "bootstrap.servers": server,
            "acks": "all",
            "compression.type": codec,
            "enable.idempotence": idempotent,
            "message.max.bytes": 2_000_000,
        }
    )
    errors = []
    for record in records:
        producer.produce(
            topic,
            value=record["value"],
            key=record["key"],
            headers=[(name, value) for name, value in record["headers"]],
            on_delivery=lambda error, _: error and errors.append(error),
        )
    left = producer.flush(60)
    if left or errors:
        raise Exception(f"{left} records left, errors {errors}")


def consume(server, topic, group, count):
    consumer = new_consumer(server, group or "unused")
    if group:
        consumer.subscribe([topic])
    else:
        consumer.assign([TopicPartition(topic, 0, 0)])
    records = read(consumer, count)
    if group:
        consumer.commit(asynchronous=False)
    consumer.close()
    return {"records": records}


def consumeFrom(server, topic, timestampMs, count):
    consumer = new_consumer(server, "unused")
    consumer.assign(consumer.offsets_for_times([TopicPartition(topic, 0, timestampMs)], timeout=30))
    records = read(consumer, count)
    consumer.close()
    return {"records": records}


def rebalance(server, topic, group):
    first, second = new_consumer(server, group), new_consumer(server, group)
    first.subscribe([topic])
    second.subscribe([topic])
    while [len(first.assignment()), len(second.assignment())] != [2, 2]:
        first.poll(0.1)
        second.poll(0.1)
    both = [partitions(first), partitions(second)]
    first.close()
    while len(second.assignment()) != 4:
        second.poll(0.1)
    alone = partitions(second)
    second.close()
    return {"both": both, "alone": alone}


def createTopic(server, topic, partitions):
    administer(server, lambda admin: admin.create_topics([NewTopic(topic, partitions, 1)]))


def describeTopic(server, topic):
    found = new_admin(server).list_topics(timeout=30).topics.get(topic)
    return {"partitions": len(found.partitions) if found else None}


def addPartitions(server, topic, total):
    administer(server, lambda admin: admin.create_partitions([NewPartitions(topic, total)]))


def deleteTopic(server, topic):
    administer(server, lambda admin: admin.delete_topics([topic]))


def new_admin(server):
    return AdminClient({"bootstrap.servers": server})


def administer(server, act):
    """The client has to live until its futures are done."""
    admin = new_admin(server)
    for future in act(admin).values():
        future.result(timeout=30)


def new_consumer(server, group):
    return Consumer(
        {
            "bootstrap.servers": server,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "heartbeat.interval.ms": 300,
        }
    )


def read(consumer, count):
    records = []
    while len(records) < count:
        message = consumer.poll(1)
        if message is None:
            continue
        if message.error():
            raise Exception(message.error())
        headers = [[name, value.decode()] for name, value in message.headers() or []]
        records.append({"key": decoded(message.key()), "value": decoded(message.value()), "headers": headers})
    return records


def partitions(consumer):
    return sorted(each.partition for each in consumer.assignment())


def decoded(value):
    return None if value is None else value.decode()


request = json.load(sys.stdin)
print(json.dumps(globals()[request.pop("op")](**request) or {}))
