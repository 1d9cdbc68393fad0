// The process that plays many clients: `main.ts TASK TARGET OPTIONS`, both JSON; prints the task's figures as JSON.

import { createTopics } from './create-topics.ts'
import { fetchTopic } from './fetch-topic.ts'
import { commitInGroups, joinGroup } from './groups.ts'
import { idleClients } from './idle-clients.ts'
import { produceBatches } from './produce-batches.ts'

const tasks = { produceBatches, fetchTopic, idleClients, joinGroup, commitInGroups, createTopics }
export type Tasks = typeof tasks

const [task, target, options] = process.argv.slice(2)
const figures = await tasks[task as keyof Tasks](JSON.parse(target!), JSON.parse(options!))
process.stdout.write(JSON.stringify(figures), () => process.exit())
