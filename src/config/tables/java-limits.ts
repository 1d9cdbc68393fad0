// The largest numbers of Java, which Kafka uses for "no limit", as it prints them.

export const intMax = '2147483647'
export const longMax = '9223372036854775807'
