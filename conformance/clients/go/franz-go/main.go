// franz-go.
package main

import (
	"context"
	"time"

	"ottla/conformance/operation"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

var codecs = map[string]kgo.CompressionCodec{
	"none":   kgo.NoCompression(),
	"gzip":   kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(),
	"lz4":    kgo.Lz4Compression(),
	"zstd":   kgo.ZstdCompression(),
}

func main() {
	operation.Serve(operation.Table{
		"produce": produce, "consume": consume, "consumeFrom": consumeFrom, "rebalance": rebalance,
		"createTopic": createTopic, "describeTopic": describeTopic,
		"addPartitions": addPartitions, "deleteTopic": deleteTopic,
	})
}

func produce(ctx context.Context, asked operation.Request) (any, error) {
	options := []kgo.Opt{
		kgo.SeedBrokers(asked.Server), kgo.ProducerBatchCompression(codecs[asked.Codec]),
		kgo.ProducerBatchMaxBytes(1_000_000),
	}
	if !asked.Idempotent {
		options = append(options, kgo.DisableIdempotentWrite())
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	var records []*kgo.Record
	for _, each := range asked.Records {
		produced := &kgo.Record{Topic: asked.Topic, Key: operation.BytesOf(each.Key), Value: operation.BytesOf(each.Value)}
		for _, header := range each.Headers {
			produced.Headers = append(produced.Headers, kgo.RecordHeader{Key: header[0], Value: []byte(header[1])})
		}
		records = append(records, produced)
	}
	return map[string]any{}, client.ProduceSync(ctx, records...).FirstErr()
}

func consume(ctx context.Context, asked operation.Request) (any, error) {
	if asked.Group == nil {
		return read(ctx, asked, fromOffset(asked, kgo.NewOffset().AtStart()))
	}
	return read(ctx, asked, kgo.ConsumerGroup(*asked.Group), kgo.ConsumeTopics(asked.Topic), kgo.DisableAutoCommit(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
}

func consumeFrom(ctx context.Context, asked operation.Request) (any, error) {
	return read(ctx, asked, fromOffset(asked, kgo.NewOffset().AfterMilli(asked.TimestampMs)))
}

func fromOffset(asked operation.Request, offset kgo.Offset) kgo.Opt {
	return kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{asked.Topic: {0: offset}})
}

func read(ctx context.Context, asked operation.Request, options ...kgo.Opt) (any, error) {
	client, err := kgo.NewClient(append(options, kgo.SeedBrokers(asked.Server))...)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	records := []operation.Record{}
	var last *kgo.Record
	for len(records) < asked.Count {
		fetches := client.PollRecords(ctx, asked.Count-len(records))
		if errs := fetches.Errors(); len(errs) > 0 {
			return nil, errs[0].Err
		}
		for _, each := range fetches.Records() {
			headers := [][2]string{}
			for _, header := range each.Headers {
				headers = append(headers, [2]string{header.Key, string(header.Value)})
			}
			records = append(records, operation.Record{Key: operation.TextOf(each.Key), Value: operation.TextOf(each.Value), Headers: headers})
			last = each
		}
	}
	if asked.Group != nil {
		err = client.CommitRecords(ctx, last)
	}
	return map[string]any{"records": records}, err
}

func rebalance(_ context.Context, asked operation.Request) (any, error) {
	return operation.Rebalance(func() (*operation.Member, error) { return join(asked) })
}

func join(asked operation.Request) (*operation.Member, error) {
	member := &operation.Member{}
	client, err := kgo.NewClient(kgo.SeedBrokers(asked.Server), kgo.ConsumerGroup(*asked.Group),
		kgo.ConsumeTopics(asked.Topic), kgo.HeartbeatInterval(300*time.Millisecond), kgo.Balancers(kgo.RangeBalancer()),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, assigned map[string][]int32) {
			member.Set(assigned[asked.Topic])
		}))
	member.Leave = func() error {
		client.Close()
		return nil
	}
	return member, err
}

func createTopic(ctx context.Context, asked operation.Request) (any, error) {
	return administer(asked, func(admin *kadm.Client) error {
		_, err := admin.CreateTopic(ctx, int32(asked.Partitions), 1, nil, asked.Topic)
		return err
	})
}

func addPartitions(ctx context.Context, asked operation.Request) (any, error) {
	return administer(asked, func(admin *kadm.Client) error {
		answers, err := admin.UpdatePartitions(ctx, asked.Total, asked.Topic)
		if err != nil {
			return err
		}
		return answers.Error()
	})
}

func deleteTopic(ctx context.Context, asked operation.Request) (any, error) {
	return administer(asked, func(admin *kadm.Client) error {
		_, err := admin.DeleteTopic(ctx, asked.Topic)
		return err
	})
}

func describeTopic(ctx context.Context, asked operation.Request) (any, error) {
	answer := map[string]any{}
	_, err := administer(asked, func(admin *kadm.Client) error {
		topics, err := admin.ListTopics(ctx)
		if topics.Has(asked.Topic) {
			answer["partitions"] = len(topics[asked.Topic].Partitions)
		}
		return err
	})
	return answer, err
}

func administer(asked operation.Request, act func(*kadm.Client) error) (any, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(asked.Server))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	return map[string]any{}, act(kadm.NewClient(client))
}
