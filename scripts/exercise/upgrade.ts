import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { readSessionCookie } from '../../src/lib/server/auth/session-cookie.ts';
import { readConfig } from '../../src/lib/server/config.ts';
import { createAppContext } from '../../src/lib/server/context.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import { showDigests } from '../../src/lib/server/history/digest.ts';
import { waitUntilPersisted } from '../../src/lib/server/rehearsal/result.ts';
import { loadRehearsal } from '../../src/lib/server/rehearsal/source.ts';
import type { RehearsalSource } from '../../src/lib/server/rehearsal/source.ts';
import { freePort } from '../lib/app-process.ts';
import { FrontDoor } from './front-door.ts';
import { startInstance } from './instance.ts';
import type { Instance } from './instance.ts';
import { LiveConsole } from './live-console.ts';
import type { Caller } from './live-console.ts';
import { OWN_ITEM, OperatorCalls } from './operator-calls.ts';
import { reportOf } from './upgrade-report.ts';
import type { UpgradeReport } from './upgrade-report.ts';

export type UpgradeOptions = {
	/** Folders of the two versions, built. They may be the same. */
	readonly from: string;
	readonly to: string;
	readonly redisUrl: string;
	/** With the schema of the old version. */
	readonly databaseUrl: string;
	/** Brings the schema to the new version, while the old one serves. */
	readonly migrate: (context: AppContext) => Promise<void>;
	readonly consoles: number;
	readonly comments: number;
	readonly seconds: number;
	readonly say: (line: string) => void;
};

const WEB_INSTANCES = 2;
const SEED = 7;

/** Serves a show with the old version and replaces it by the new one, process by process, in mid-show. */
export async function exerciseUpgrade(options: UpgradeOptions): Promise<UpgradeReport> {
	const { from, to, redisUrl, databaseUrl, say } = options;
	const door = await FrontDoor.open();
	const origin = `http://127.0.0.1:${door.port}`;
	const env = { REDIS_URL: redisUrl, DATABASE_URL: databaseUrl, ORIGIN: origin };
	const context = await createAppContext(
		readConfig({ ...env, NODE_ENV: 'test', LOG_LEVEL: 'silent', ROLE: 'web' })
	);
	let running: Instance[] = [];
	const start = async (root: string, role: Instance['role']): Promise<Instance> => {
		const port = role === 'web' ? await freePort(20_000 + Math.floor(Math.random() * 20_000)) : 0;
		const instance = await startInstance({ root, role, port, env });
		running.push(instance);
		door.lead(running.flatMap((one) => (one.role === 'web' ? [one.port] : [])));
		return instance;
	};
	const consoles: LiveConsole[] = [];
	try {
		for (let n = 0; n < WEB_INSTANCES; n++) await start(from, 'web');
		await start(from, 'worker');
		const old = [...running];
		const { showId, caller } = await openShow(context, origin);
		for (let n = 0; n < options.consoles; n++) consoles.push(new LiveConsole(caller, showId));
		await untilTrue(() => consoles.every((one) => one.snapshots > 0));
		const source = recordedShow(options);
		const expected = await distinctComments(source);
		const minutes = 'minutes' in source ? source.minutes : 1;
		const speed = (minutes * 60) / options.seconds;
		await context.rehearsals.add({ showId, source, speed, postedFrom: Date.now() });
		await untilTrue(() => consoles.every(({ seqs }) => seqs.length > 20));
		const calls = new OperatorCalls(caller, showId);
		say(`comments flow; ${consoles.length} consoles, ${old.length} processes of the old version`);
		await options.migrate(context);
		say('the schema is that of the new version');
		const stopped: UpgradeReport['stopped'][number][] = [];
		for (const instance of old) {
			await start(to, instance.role);
			const end = await instance.stop();
			stopped.push({ role: instance.role, ...end });
			running = running.filter((one) => one !== instance);
			door.lead(running.flatMap((one) => (one.role === 'web' ? [one.port] : [])));
			say(`an old ${instance.role} process ended with code ${end.code} in ${end.ms} ms`);
			await sleep(500);
		}
		const answered = await calls.stop();
		await untilTrue(async () => (await status(context, showId)) === 'ended');
		await waitUntilPersisted(context, showId);
		const { seq } = await context.live.snapshot(showId);
		await untilTrue(() => consoles.every((one) => one.seq === seq));
		return {
			stopped,
			comments: { expected, logged: await loggedComments(context, showId) },
			calls: {
				answered,
				logged: await loggedQuantities(context, showId),
				retried: calls.retried
			},
			consoles: consoles.map(reportOf),
			refused: door.refused,
			digests: { ...(await showDigests(context.db, context.redis, context.scripts, showId)) }
		};
	} finally {
		await Promise.all(consoles.map((one) => one.close()));
		for (const instance of running) instance.kill();
		await context.close();
		await door.close();
	}
}

async function openShow(
	context: AppContext,
	origin: string
): Promise<{ showId: string; caller: Caller }> {
	const member = await register(origin);
	const showId = await createShow(context.db, {
		workspaceId: member.workspaceId,
		name: 'Upgrade',
		claimWord: 'sold',
		passWord: 'pass',
		isRehearsal: true
	});
	const item = { number: OWN_ITEM, title: 'Ours', quantity: 1 };
	await context.actions.addItem(showId, item, `user:${member.userId}`);
	await context.actions.changeStatus(showId, 'activated', `user:${member.userId}`);
	return { showId, caller: { origin, sessionId: member.sessionId } };
}

const registeredSchema = z.object({
	result: z.object({
		data: z.object({ userId: z.string(), workspace: z.object({ id: z.string() }) })
	})
});

/** Somebody new, made by the version that serves: the present one may want columns that are not there yet. */
async function register(
	origin: string
): Promise<{ userId: string; workspaceId: string; sessionId: string }> {
	const answer = await fetch(`${origin}/api/trpc/auth.register`, {
		method: 'POST',
		headers: { origin, 'content-type': 'application/json' },
		body: JSON.stringify({
			email: `upgrade-${Date.now()}@sellary.example`,
			password: 'first-comment-wins',
			name: 'Invented Operator',
			workspaceName: 'Invented Boutique'
		})
	});
	const { userId, workspace } = registeredSchema.parse(await answer.json()).result.data;
	const [cookie] = answer.headers.getSetCookie();
	const sessionId = readSessionCookie(cookie);
	if (sessionId === null) throw new Error('the old version signs nobody in');
	return { userId, workspaceId: workspace.id, sessionId };
}

function recordedShow({ comments, seconds }: UpgradeOptions): RehearsalSource {
	const minutes = Math.max(1, Math.ceil(seconds / 60));
	return { kind: 'generated', comments, items: 20, minutes, buyers: 200, seed: SEED };
}

async function distinctComments(source: RehearsalSource): Promise<number> {
	const { lines } = await loadRehearsal(source);
	const ids = lines.flatMap(({ line }) => (line.type === 'comment' ? [line.commentId] : []));
	return new Set(ids).size;
}

async function status({ redis }: AppContext, showId: string): Promise<string | null> {
	return await redis.hget(`sellary:{show:${showId}}:meta`, 'status');
}

async function loggedComments({ db }: AppContext, showId: string): Promise<number> {
	const found = await db
		.selectFrom('comments')
		.select((row) => row.fn.countAll<string>().as('count'))
		.where('show_id', '=', showId)
		.executeTakeFirstOrThrow();
	return Number(found.count);
}

async function loggedQuantities({ db }: AppContext, showId: string): Promise<number> {
	const found = await db
		.selectFrom('items')
		.select('quantity')
		.where('show_id', '=', showId)
		.where('number', '=', Number(OWN_ITEM))
		.executeTakeFirstOrThrow();
	return found.quantity - 1;
}

async function untilTrue(holds: () => boolean | Promise<boolean>): Promise<void> {
	const deadline = performance.now() + 120_000;
	while (!(await holds())) {
		if (performance.now() > deadline) throw new Error('the exercise stands still');
		await sleep(20);
	}
}
