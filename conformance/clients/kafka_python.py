"""kafka-python: `produce SERVER TOPIC` sends the lines of stdin, `consume SERVER TOPIC COUNT [GROUP]` prints values."""

import sys

from kafka import KafkaConsumer, KafkaProducer


def produce(server, topic):
    producer = KafkaProducer(bootstrap_servers=server, acks="all")
    sent = [producer.send(topic, line.rstrip("\n").encode()) for line in sys.stdin]
    producer.flush()
    for future in sent:
        future.get(timeout=30)


def consume(server, topic, count, group=None):
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=server,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        consumer_timeout_ms=30000,
        max_poll_records=100,
    )
    seen = 0
    while seen < int(count):
        for records in consumer.poll(timeout_ms=1000, max_records=int(count) - seen).values():
            for record in records:
                print(record.value.decode())
                seen += 1
    if group:
        consumer.commit()
    consumer.close(autocommit=False)


{"produce": produce, "consume": consume}[sys.argv[1]](*sys.argv[2:])
