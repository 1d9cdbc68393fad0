// Sarama.
package main

import (
	"context"
	"errors"
	"time"

	"ottla/conformance/operation"

	"github.com/IBM/sarama"
)

var codecs = map[string]sarama.CompressionCodec{
	"none": sarama.CompressionNone, "gzip": sarama.CompressionGZIP, "snappy": sarama.CompressionSnappy,
	"lz4": sarama.CompressionLZ4, "zstd": sarama.CompressionZSTD,
}

func main() {
	operation.Serve(operation.Table{
		"produce": produce, "consume": consume, "consumeFrom": consumeFrom, "rebalance": rebalance,
		"createTopic": createTopic, "describeTopic": describeTopic,
		"addPartitions": addPartitions, "deleteTopic": deleteTopic,
	})
}

func newConfig() *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.Offsets.AutoCommit.Enable = false
	config.Consumer.Group.Heartbeat.Interval = 300 * time.Millisecond
	return config
}

func produce(_ context.Context, asked operation.Request) (any, error) {
	config := newConfig()
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Return.Successes = true
	config.Producer.Compression = codecs[asked.Codec]
	config.Producer.MaxMessageBytes = 2_000_000
	config.Producer.Idempotent = asked.Idempotent
	config.Net.MaxOpenRequests = 1
	producer, err := sarama.NewSyncProducer([]string{asked.Server}, config)
	if err != nil {
		return nil, err
	}
	var messages []*sarama.ProducerMessage
	for _, each := range asked.Records {
		message := &sarama.ProducerMessage{Topic: asked.Topic, Key: encoderOf(each.Key), Value: encoderOf(each.Value)}
		for _, header := range each.Headers {
			message.Headers = append(message.Headers, sarama.RecordHeader{Key: []byte(header[0]), Value: []byte(header[1])})
		}
		messages = append(messages, message)
	}
	return map[string]any{}, errors.Join(producer.SendMessages(messages), producer.Close())
}

func encoderOf(text *string) sarama.Encoder {
	if text == nil {
		return nil
	}
	return sarama.StringEncoder(*text)
}

func consume(ctx context.Context, asked operation.Request) (any, error) {
	if asked.Group == nil {
		return readFrom(asked, sarama.OffsetOldest)
	}
	group, err := sarama.NewConsumerGroup([]string{asked.Server}, *asked.Group, newConfig())
	if err != nil {
		return nil, err
	}
	reader := &groupReader{count: asked.Count}
	for len(reader.records) < asked.Count && err == nil {
		err = group.Consume(ctx, []string{asked.Topic}, reader)
	}
	return map[string]any{"records": reader.records}, errors.Join(err, group.Close())
}

// groupReader reads a topic of one partition, commits and leaves.
type groupReader struct {
	count   int
	records []operation.Record
}

func (*groupReader) Setup(sarama.ConsumerGroupSession) error   { return nil }
func (*groupReader) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (reader *groupReader) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		reader.records = append(reader.records, recordOf(message))
		session.MarkMessage(message, "")
		if len(reader.records) == reader.count {
			session.Commit()
			return nil
		}
	}
	return nil
}

func consumeFrom(_ context.Context, asked operation.Request) (any, error) {
	return readFrom(asked, asked.TimestampMs)
}

// readFrom takes a time, or one of Sarama's names for an end of the log.
func readFrom(asked operation.Request, from int64) (any, error) {
	client, err := sarama.NewClient([]string{asked.Server}, newConfig())
	if err != nil {
		return nil, err
	}
	defer client.Close()
	offset, err := client.GetOffset(asked.Topic, 0, from)
	if err != nil {
		return nil, err
	}
	consumer, err := sarama.NewConsumerFromClient(client)
	if err != nil {
		return nil, err
	}
	partition, err := consumer.ConsumePartition(asked.Topic, 0, offset)
	if err != nil {
		return nil, err
	}
	records := []operation.Record{}
	for len(records) < asked.Count {
		records = append(records, recordOf(<-partition.Messages()))
	}
	return map[string]any{"records": records}, errors.Join(partition.Close(), consumer.Close())
}

func recordOf(message *sarama.ConsumerMessage) operation.Record {
	headers := [][2]string{}
	for _, header := range message.Headers {
		headers = append(headers, [2]string{string(header.Key), string(header.Value)})
	}
	return operation.Record{
		Key: operation.TextOf(message.Key), Value: operation.TextOf(message.Value), Headers: headers,
	}
}

func rebalance(ctx context.Context, asked operation.Request) (any, error) {
	return operation.Rebalance(func() (*operation.Member, error) { return join(ctx, asked) })
}

func join(ctx context.Context, asked operation.Request) (*operation.Member, error) {
	group, err := sarama.NewConsumerGroup([]string{asked.Server}, *asked.Group, newConfig())
	if err != nil {
		return nil, err
	}
	member := &operation.Member{Leave: group.Close}
	go func() {
		for !errors.Is(group.Consume(ctx, []string{asked.Topic}, handler{asked.Topic, member}), sarama.ErrClosedConsumerGroup) {
		}
	}()
	return member, nil
}

// handler holds what a generation gives until the next begins.
type handler struct {
	topic  string
	member *operation.Member
}

func (each handler) Setup(session sarama.ConsumerGroupSession) error {
	each.member.Set(session.Claims()[each.topic])
	return nil
}

func (handler) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (handler) ConsumeClaim(session sarama.ConsumerGroupSession, _ sarama.ConsumerGroupClaim) error {
	<-session.Context().Done()
	return nil
}

func createTopic(_ context.Context, asked operation.Request) (any, error) {
	return administer(asked, func(admin sarama.ClusterAdmin) error {
		detail := &sarama.TopicDetail{NumPartitions: int32(asked.Partitions), ReplicationFactor: 1}
		return admin.CreateTopic(asked.Topic, detail, false)
	})
}

func addPartitions(_ context.Context, asked operation.Request) (any, error) {
	return administer(asked, func(admin sarama.ClusterAdmin) error {
		return admin.CreatePartitions(asked.Topic, int32(asked.Total), nil, false)
	})
}

func deleteTopic(_ context.Context, asked operation.Request) (any, error) {
	return administer(asked, func(admin sarama.ClusterAdmin) error { return admin.DeleteTopic(asked.Topic) })
}

func describeTopic(_ context.Context, asked operation.Request) (any, error) {
	answer := map[string]any{}
	_, err := administer(asked, func(admin sarama.ClusterAdmin) error {
		topics, err := admin.ListTopics()
		if found, ok := topics[asked.Topic]; ok {
			answer["partitions"] = found.NumPartitions
		}
		return err
	})
	return answer, err
}

func administer(asked operation.Request, act func(sarama.ClusterAdmin) error) (any, error) {
	admin, err := sarama.NewClusterAdmin([]string{asked.Server}, newConfig())
	if err != nil {
		return nil, err
	}
	return map[string]any{}, errors.Join(act(admin), admin.Close())
}
