// franz-go, one operation of ../../client.ts: JSON on standard input, JSON on standard output.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

type record struct {
	Key     *string     `json:"key"`
	Value   *string     `json:"value"`
	Headers [][2]string `json:"headers"`
}

type request struct {
	Op, Server, Topic, Codec string
	Group                    *string
	Records                  []record
	Idempotent               bool
	Count, Partitions, Total int
	TimestampMs              int64
}

var codecs = map[string]kgo.CompressionCodec{
	"none":   kgo.NoCompression(),
	"gzip":   kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(),
	"lz4":    kgo.Lz4Compression(),
	"zstd":   kgo.ZstdCompression(),
}

func main() {
	var asked request
	must(json.NewDecoder(os.Stdin).Decode(&asked))
	operations := map[string]func(context.Context, request) (any, error){
		"produce": produce, "consume": consume, "consumeFrom": consumeFrom, "rebalance": rebalance,
		"createTopic": createTopic, "describeTopic": describeTopic,
		"addPartitions": addPartitions, "deleteTopic": deleteTopic,
	}
	answer, err := operations[asked.Op](context.Background(), asked)
	must(err)
	must(json.NewEncoder(os.Stdout).Encode(answer))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func produce(ctx context.Context, asked request) (any, error) {
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
		produced := &kgo.Record{Topic: asked.Topic, Key: bytesOf(each.Key), Value: bytesOf(each.Value)}
		for _, header := range each.Headers {
			produced.Headers = append(produced.Headers, kgo.RecordHeader{Key: header[0], Value: []byte(header[1])})
		}
		records = append(records, produced)
	}
	return map[string]any{}, client.ProduceSync(ctx, records...).FirstErr()
}

func consume(ctx context.Context, asked request) (any, error) {
	if asked.Group == nil {
		return read(ctx, asked, fromOffset(asked, kgo.NewOffset().AtStart()))
	}
	return read(ctx, asked, kgo.ConsumerGroup(*asked.Group), kgo.ConsumeTopics(asked.Topic), kgo.DisableAutoCommit(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
}

func consumeFrom(ctx context.Context, asked request) (any, error) {
	return read(ctx, asked, fromOffset(asked, kgo.NewOffset().AfterMilli(asked.TimestampMs)))
}

func fromOffset(asked request, offset kgo.Offset) kgo.Opt {
	return kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{asked.Topic: {0: offset}})
}

func read(ctx context.Context, asked request, options ...kgo.Opt) (any, error) {
	client, err := kgo.NewClient(append(options, kgo.SeedBrokers(asked.Server))...)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	records := []record{}
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
			records = append(records, record{textOf(each.Key), textOf(each.Value), headers})
			last = each
		}
	}
	if asked.Group != nil {
		err = client.CommitRecords(ctx, last)
	}
	return map[string]any{"records": records}, err
}

// member knows its partitions from the callbacks of the group.
type member struct {
	client     *kgo.Client
	mutex      sync.Mutex
	partitions []int32
}

func join(asked request) (*member, error) {
	joined := &member{}
	client, err := kgo.NewClient(kgo.SeedBrokers(asked.Server), kgo.ConsumerGroup(*asked.Group),
		kgo.ConsumeTopics(asked.Topic), kgo.HeartbeatInterval(300*time.Millisecond), kgo.Balancers(kgo.RangeBalancer()),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, assigned map[string][]int32) {
			joined.set(assigned[asked.Topic])
		}))
	joined.client = client
	return joined, err
}

func (joined *member) set(partitions []int32) {
	joined.mutex.Lock()
	defer joined.mutex.Unlock()
	joined.partitions = slices.Sorted(slices.Values(partitions))
}

func (joined *member) untilHas(count int) []int32 {
	for {
		joined.mutex.Lock()
		partitions := joined.partitions
		joined.mutex.Unlock()
		if len(partitions) == count {
			return partitions
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func rebalance(_ context.Context, asked request) (any, error) {
	first, err := join(asked)
	if err != nil {
		return nil, err
	}
	second, err := join(asked)
	if err != nil {
		return nil, err
	}
	both := [][]int32{first.untilHas(2), second.untilHas(2)}
	first.client.Close()
	alone := second.untilHas(4)
	second.client.Close()
	return map[string]any{"both": both, "alone": alone}, nil
}

func createTopic(ctx context.Context, asked request) (any, error) {
	return administer(asked, func(admin *kadm.Client) error {
		_, err := admin.CreateTopic(ctx, int32(asked.Partitions), 1, nil, asked.Topic)
		return err
	})
}

func addPartitions(ctx context.Context, asked request) (any, error) {
	return administer(asked, func(admin *kadm.Client) error {
		answers, err := admin.UpdatePartitions(ctx, asked.Total, asked.Topic)
		if err != nil {
			return err
		}
		return answers.Error()
	})
}

func deleteTopic(ctx context.Context, asked request) (any, error) {
	return administer(asked, func(admin *kadm.Client) error {
		_, err := admin.DeleteTopic(ctx, asked.Topic)
		return err
	})
}

func describeTopic(ctx context.Context, asked request) (any, error) {
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

func administer(asked request, act func(*kadm.Client) error) (any, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(asked.Server))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	return map[string]any{}, act(kadm.NewClient(client))
}

func bytesOf(text *string) []byte {
	if text == nil {
		return nil
	}
	return []byte(*text)
}

func textOf(bytes []byte) *string {
	if bytes == nil {
		return nil
	}
	text := string(bytes)
	return &text
}
