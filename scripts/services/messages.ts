import { z } from 'zod';

/** What the services' process is told to start: one JSON object, its only argument. */
export const taskSchema = z.object({
	redis: z.boolean(),
	postgres: z.boolean(),
	redisKind: z.enum(['auto', 'server', 'wasm']),
	/** Absolute path; null for a temporary folder, removed at the end. */
	dataDir: z.string().nullable()
});
export type Task = z.infer<typeof taskSchema>;

/** The services that run, as told to whoever started them and kept for others. Null: not started. */
const runningSchema = z.object({
	redisUrl: z.string().nullable(),
	databaseUrl: z.string().nullable(),
	redisKind: z.enum(['server', 'wasm']).nullable()
});
export type RunningServices = z.infer<typeof runningSchema>;

/** The one line of JSON that the services' process writes to stdout: ready, or why not. */
export const reportSchema = z.union([
	runningSchema,
	/** Another process holds the data folder. */
	z.object({ busy: z.literal(true) }),
	z.object({ error: z.string() })
]);
export type Report = z.infer<typeof reportSchema>;

/** The content of `services.json`: what runs, and the process which runs it. */
export const stateSchema = runningSchema.extend({ pid: z.number() });
export type State = z.infer<typeof stateSchema>;
