// segmentio's kafka-go.
package main

import (
	"context"
	"errors"
	"time"

	"ottla/conformance/operation"

	"github.com/segmentio/kafka-go"
)

var codecs = map[string]kafka.Compression{
	"gzip": kafka.Gzip, "snappy": kafka.Snappy, "lz4": kafka.Lz4, "zstd": kafka.Zstd,
}

func main() {
	operation.Serve(operation.Table{
		"produce": produce, "consume": consume, "consumeFrom": consumeFrom, "rebalance": rebalance,
		"createTopic": createTopic, "describeTopic": describeTopic,
		"addPartitions": addPartitions, "deleteTopic": deleteTopic,
	})
}

func produce(ctx context.Context, asked operation.Request) (any, error) {
	if asked.Idempotent {
		return nil, operation.Cannot("kafka-go has no idempotent producer")
	}
	writer := kafka.Writer{
		Addr: kafka.TCP(asked.Server), Topic: asked.Topic, RequiredAcks: kafka.RequireAll,
		Compression: codecs[asked.Codec], BatchBytes: 2_000_000, BatchTimeout: 10 * time.Millisecond,
	}
	var messages []kafka.Message
	for _, each := range asked.Records {
		message := kafka.Message{Key: operation.BytesOf(each.Key), Value: operation.BytesOf(each.Value)}
		for _, header := range each.Headers {
			message.Headers = append(message.Headers, kafka.Header{Key: header[0], Value: []byte(header[1])})
		}
		messages = append(messages, message)
	}
	return map[string]any{}, errors.Join(writer.WriteMessages(ctx, messages...), writer.Close())
}

func consume(ctx context.Context, asked operation.Request) (any, error) {
	reader := newReader(asked)
	if asked.Group == nil {
		if err := reader.SetOffset(kafka.FirstOffset); err != nil {
			return nil, err
		}
	}
	return read(ctx, asked, reader)
}

func consumeFrom(ctx context.Context, asked operation.Request) (any, error) {
	reader := newReader(asked)
	if err := reader.SetOffsetAt(ctx, time.UnixMilli(asked.TimestampMs)); err != nil {
		return nil, err
	}
	return read(ctx, asked, reader)
}

func newReader(asked operation.Request) *kafka.Reader {
	config := kafka.ReaderConfig{
		Brokers: []string{asked.Server}, Topic: asked.Topic, MaxBytes: 10_000_000,
		MaxWait: 500 * time.Millisecond, StartOffset: kafka.FirstOffset,
	}
	if asked.Group != nil {
		config.GroupID = *asked.Group
	}
	return kafka.NewReader(config)
}

func read(ctx context.Context, asked operation.Request, reader *kafka.Reader) (any, error) {
	records := []operation.Record{}
	var last kafka.Message
	for len(records) < asked.Count {
		message, err := reader.FetchMessage(ctx)
		if err != nil {
			return nil, err
		}
		headers := [][2]string{}
		for _, header := range message.Headers {
			headers = append(headers, [2]string{header.Key, string(header.Value)})
		}
		key, value := operation.TextOf(message.Key), operation.TextOf(message.Value)
		records = append(records, operation.Record{Key: key, Value: value, Headers: headers})
		last = message
	}
	var err error
	if asked.Group != nil {
		err = reader.CommitMessages(ctx, last)
	}
	return map[string]any{"records": records}, errors.Join(err, reader.Close())
}

func rebalance(ctx context.Context, asked operation.Request) (any, error) {
	return operation.Rebalance(func() (*operation.Member, error) { return join(ctx, asked) })
}

// join joins again whenever its generation ends.
func join(ctx context.Context, asked operation.Request) (*operation.Member, error) {
	group, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID: *asked.Group, Brokers: []string{asked.Server}, Topics: []string{asked.Topic},
		HeartbeatInterval: 300 * time.Millisecond, JoinGroupBackoff: 100 * time.Millisecond,
	})
	if err != nil {
		return nil, err
	}
	member := &operation.Member{Leave: group.Close}
	go follow(ctx, group, asked.Topic, member)
	return member, nil
}

func follow(ctx context.Context, group *kafka.ConsumerGroup, topic string, member *operation.Member) {
	for {
		generation, err := group.Next(ctx)
		if errors.Is(err, kafka.ErrGroupClosed) {
			return
		}
		if err != nil {
			continue
		}
		partitions := []int32{}
		for _, each := range generation.Assignments[topic] {
			partitions = append(partitions, int32(each.ID))
		}
		member.Set(partitions)
		// Next waits for what the generation has started.
		generation.Start(func(ctx context.Context) { <-ctx.Done() })
	}
}

func createTopic(ctx context.Context, asked operation.Request) (any, error) {
	topic := kafka.TopicConfig{Topic: asked.Topic, NumPartitions: asked.Partitions, ReplicationFactor: 1}
	answer, err := admin(asked).CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{topic}})
	if err != nil {
		return nil, err
	}
	return map[string]any{}, answer.Errors[asked.Topic]
}

func describeTopic(ctx context.Context, asked operation.Request) (any, error) {
	metadata, err := admin(asked).Metadata(ctx, &kafka.MetadataRequest{})
	if err != nil {
		return nil, err
	}
	for _, topic := range metadata.Topics {
		if topic.Name == asked.Topic {
			return map[string]any{"partitions": len(topic.Partitions)}, nil
		}
	}
	return map[string]any{}, nil
}

func addPartitions(ctx context.Context, asked operation.Request) (any, error) {
	topic := kafka.TopicPartitionsConfig{Name: asked.Topic, Count: int32(asked.Total)}
	answer, err := admin(asked).CreatePartitions(ctx, &kafka.CreatePartitionsRequest{
		Topics: []kafka.TopicPartitionsConfig{topic},
	})
	if err != nil {
		return nil, err
	}
	return map[string]any{}, answer.Errors[asked.Topic]
}

func deleteTopic(ctx context.Context, asked operation.Request) (any, error) {
	answer, err := admin(asked).DeleteTopics(ctx, &kafka.DeleteTopicsRequest{Topics: []string{asked.Topic}})
	if err != nil {
		return nil, err
	}
	return map[string]any{}, answer.Errors[asked.Topic]
}

func admin(asked operation.Request) *kafka.Client {
	return &kafka.Client{Addr: kafka.TCP(asked.Server)}
}
