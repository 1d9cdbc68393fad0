package operation

import (
	"errors"
	"slices"
	"sync"
	"time"
)

// Member is a member of a group: the client tells which partitions it has, and how it leaves.
type Member struct {
	Leave      func() error
	mutex      sync.Mutex
	partitions []int32
}

// Set tells what the member has now.
func (member *Member) Set(partitions []int32) {
	member.mutex.Lock()
	defer member.mutex.Unlock()
	member.partitions = slices.Sorted(slices.Values(partitions))
}

func (member *Member) untilHas(count int) []int32 {
	for {
		member.mutex.Lock()
		partitions := member.partitions
		member.mutex.Unlock()
		if len(partitions) == count {
			return partitions
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Rebalance shares four partitions between two members, then leaves them to one.
func Rebalance(join func() (*Member, error)) (any, error) {
	first, err := join()
	if err != nil {
		return nil, err
	}
	second, err := join()
	if err != nil {
		return nil, err
	}
	both := [][]int32{first.untilHas(2), second.untilHas(2)}
	err = first.Leave()
	alone := second.untilHas(4)
	return map[string]any{"both": both, "alone": alone}, errors.Join(err, second.Leave())
}
