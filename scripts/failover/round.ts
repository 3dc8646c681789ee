import { setTimeout as sleep } from 'node:timers/promises';
import type { AppContext } from '../../src/lib/server/context.ts';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import { showDigests } from '../../src/lib/server/history/digest.ts';
import { persistedEvents } from '../../src/lib/server/history/event-log.ts';
import { readLiveLog } from '../../src/lib/server/history/live-log.ts';
import { showKey } from '../../src/lib/server/redis/keys.ts';
import { waitUntilPersisted } from '../../src/lib/server/rehearsal/result.ts';
import { SubscriberCheck } from '../load/subscriber-check.ts';
import { Feeder } from './feeder.ts';
import { breakReplication, masterOf, untilHealthy, untilPromoted } from './nodes.ts';
import type { FailoverStage } from './stage.ts';

export type RoundOptions = {
	readonly commentsPerSecond: number;
	/** How long the replica has not followed when the master dies; 0: it follows to the end. */
	readonly brokenMs: number;
	/** Masters refuse writes while no replica has answered for this long, seconds; null: they don't. */
	readonly maxLagSeconds: number | null;
};

export type RoundResult = {
	/** Comments sent, each until it was acknowledged. */
	readonly comments: number;
	/** Deliveries that were refused meanwhile and made again. */
	readonly refused: number;
	/** Comments that were acknowledged and are not in the log after the failover. */
	readonly lost: number;
	/** Of those, still missing after the broadcast was read again from its start. */
	readonly lostForGood: number;
	/** Comments that are in the log twice. */
	readonly doubled: number;
	/** Seqs of the log that are missing or out of order. */
	readonly gaps: number;
	/** Stretches of history: one more than there were rebuilds. */
	readonly epochs: number;
	/** From the master's death to the next acknowledgement, milliseconds. */
	readonly outageMs: number;
	/** Log, Redis, Postgres and every console hold the same facts. */
	readonly agree: boolean;
	readonly consoleFaults: readonly string[];
};

const ITEMS = 20;
const UNITS = 4;
const ACTOR = 'user:drill';
/** Before the death, and after it comments are taken again. */
const STEADY_MS = 1_500;
const POLL_MS = 10;
const TIMEOUT_MS = 60_000;

/** Kills the master of a show while its comments flow, and sees what becomes of them. */
export async function playRound(stage: FailoverStage, options: RoundOptions): Promise<RoundResult> {
	await untilHealthy(stage.cluster);
	await setMaxLag(stage, options.maxLagSeconds);
	const showId = await startShow(stage);
	const consoles = stage.webs.map((web) => watch(web, showId));
	const feeder = new Feeder({ showId, processes: stage.webs, items: ITEMS });
	try {
		return await playThrough(stage, options, { showId, feeder, consoles });
	} finally {
		await feeder.abandon();
		for (const { stop } of consoles) await stop();
	}
}

type Cast = {
	readonly showId: string;
	readonly feeder: Feeder;
	readonly consoles: readonly WatchingConsole[];
};

async function playThrough(
	stage: FailoverStage,
	options: RoundOptions,
	{ showId, feeder, consoles }: Cast
): Promise<RoundResult> {
	const master = await masterOf(stage.cluster, showKey(showId, 'meta'));
	feeder.start(options.commentsPerSecond);
	await sleep(STEADY_MS);
	if (options.brokenMs > 0) {
		await breakReplication(master);
		await sleep(options.brokenMs);
	}
	const diedAt = performance.now();
	await master.kill();
	await untilPromoted(stage.cluster, master);
	// Not earlier: a server that is back before it is missed goes on as the master that it was.
	await master.restart();
	const back = await firstAcknowledgement(feeder, diedAt);
	await sleep(STEADY_MS);
	await feeder.stop();
	await untilHealthy(stage.cluster);

	const [web] = stage.webs;
	await settle(web, showId);
	const lost = await missing(web, showId, feeder);
	// What a channel does by itself under a new epoch.
	for (const delivery of feeder.deliveries) await feeder.deliverAgain(delivery);
	await settle(web, showId);
	const log = await readLog(web, showId);
	const facts = await compare(web, showId, consoles);
	return {
		comments: feeder.deliveries.length,
		refused: feeder.refused,
		lost: lost.length,
		lostForGood: (await missing(web, showId, feeder)).length,
		...log,
		outageMs: Math.round(back - diedAt),
		...facts
	};
}

async function setMaxLag({ cluster }: FailoverStage, seconds: number | null): Promise<void> {
	for (const { admin } of cluster.nodes) {
		await admin.config('SET', 'min-replicas-to-write', seconds === null ? '0' : '1');
		if (seconds !== null) await admin.config('SET', 'min-replicas-max-lag', String(seconds));
	}
}

async function startShow({ webs, workspaceId }: FailoverStage): Promise<string> {
	const [web] = webs;
	const words = { claimWord: 'sold', passWord: 'pass' };
	const showId = await createShow(web.db, { workspaceId, name: 'Drill', ...words });
	for (let item = 1; item <= ITEMS; item++) {
		const number = String(item);
		const added = { number, title: `Item ${number}`, quantity: UNITS };
		await web.actions.addItem(showId, added, ACTOR);
	}
	await web.actions.changeStatus(showId, 'activated', ACTOR);
	return showId;
}

type WatchingConsole = { readonly check: SubscriberCheck; stop(): Promise<void> };

function watch(web: AppContext, showId: string): WatchingConsole {
	const check = new SubscriberCheck();
	const abort = new AbortController();
	const reading = (async () => {
		const options = { resumeFrom: null, signal: abort.signal };
		for await (const { message } of web.live.subscribe(showId, options)) check.take(message);
	})();
	return {
		check,
		async stop() {
			abort.abort();
			await reading;
		}
	};
}

async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
	const deadline = performance.now() + TIMEOUT_MS;
	while (!(await check())) {
		if (performance.now() > deadline) throw new Error(`this never came: ${what}`);
		await sleep(POLL_MS);
	}
}

/** Of a comment that was sent after the death, so that no late answer of the dead master counts. */
async function firstAcknowledgement(feeder: Feeder, diedAt: number): Promise<number> {
	const sentBefore = feeder.deliveries.length;
	let at = Infinity;
	await until('a comment that is taken again', () => {
		const later = feeder.deliveries.slice(sentBefore).map((one) => one.acknowledgedAt ?? Infinity);
		at = Math.min(...later, Infinity);
		return at > diedAt && at < Infinity;
	});
	return at;
}

/** Waits until Postgres has the log as Redis has it, through a rebuild that may be going on. */
async function settle(web: AppContext, showId: string): Promise<void> {
	await until('agreement', async () => {
		await waitUntilPersisted(web, showId);
		const digests = await showDigests(web.db, web.redis, web.scripts, showId);
		return digests.events === digests.redis && digests.redis === digests.postgres;
	});
}

async function missing(web: AppContext, showId: string, feeder: Feeder): Promise<string[]> {
	const logged = new Set<string>();
	for await (const event of persistedEvents(web.db, showId)) {
		if (event.type === 'comment.received') logged.add(event.data.commentId);
	}
	return feeder.deliveries
		.map(({ comment }) => comment.commentId)
		.filter((commentId) => !logged.has(commentId));
}

async function readLog(
	web: AppContext,
	showId: string
): Promise<Pick<RoundResult, 'doubled' | 'gaps' | 'epochs'>> {
	const epochs = new Set<string>();
	const seen = new Set<string>();
	let [doubled, gaps, next] = [0, 0, 1];
	for await (const event of persistedEvents(web.db, showId)) {
		epochs.add(event.epoch);
		if (event.seq !== next) gaps++;
		next = event.seq + 1;
		if (event.type !== 'comment.received') continue;
		if (seen.has(event.data.commentId)) doubled++;
		seen.add(event.data.commentId);
	}
	return { doubled, gaps, epochs: epochs.size };
}

/** Consoles may be some milliseconds behind; they must get there without anybody's help. */
async function compare(
	web: AppContext,
	showId: string,
	consoles: readonly WatchingConsole[]
): Promise<Pick<RoundResult, 'agree' | 'consoleFaults'>> {
	const live = await readLiveLog(web.redis, showId);
	await until('the consoles', () =>
		consoles.every(({ check }) => {
			const { position } = check;
			return position?.epoch === live?.epoch && position?.seq === live?.seq;
		})
	);
	const digests = await showDigests(web.db, web.redis, web.scripts, showId);
	const held = [...Object.values(digests), ...consoles.map(({ check }) => check.digest)];
	return {
		agree: !held.includes(null) && new Set(held).size === 1,
		consoleFaults: consoles.flatMap(({ check }) => check.faults)
	};
}
