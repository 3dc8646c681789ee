import { setTimeout as sleep } from 'node:timers/promises';
import { readLiveLog } from '../../src/lib/server/history/live-log.ts';
import { waitUntilPersisted } from '../../src/lib/server/rehearsal/result.ts';
import { percentile } from '../bench/statistics.ts';
import type { HelperProcess } from '../bench/helper-process.ts';
import type { CrowdReport, ShowEnd } from './crowd-messages.ts';
import { startCrowds, untilStill } from './crowds.ts';
import type { LoadOptions } from './options.ts';
import { inventShow, inviteAudience, playShow } from './shows.ts';
import type { LoadShow } from './shows.ts';
import { openLoadStage } from './stage.ts';
import type { LoadStage } from './stage.ts';
import { judgeShow } from './verdict.ts';

/** When the first process is killed, as a share of the show. */
const KILL_AT = 0.3;

export type LoadResult = {
	readonly seed: number;
	readonly shows: number;
	readonly comments: number;
	readonly events: number;
	readonly consoles: number;
	/** Consoles that stand where their show does, having seen every event once and in order. */
	readonly complete: number;
	/** Events that all consoles got together. */
	readonly deliveries: number;
	/** How often consoles were cut and came back. */
	readonly reconnects: number;
	/** How often a console that had fallen far behind got the state in place of the events. */
	readonly resyncs: number;
	/** From the event's time in Redis to a console, milliseconds. */
	readonly deliveryMs: { readonly p50: number; readonly p99: number; readonly max: number };
	/** How late the last comment was taken, milliseconds: more than a little, and the load was too much. */
	readonly lateMs: number;
	/** From the last comment until Postgres had everything, milliseconds. */
	readonly historyLagMs: number;
	/** One for each show: what log, Redis, Postgres and every console that folds hold. */
	readonly digests: readonly (string | null)[];
	readonly violations: readonly string[];
};

/**
 * Plays invented shows against the whole application and judges what became of them. Throws when something
 * can't be started, and the signal's reason; nothing is left running then.
 */
export async function runLoad(
	options: LoadOptions,
	say: (line: string) => void,
	signal: AbortSignal
): Promise<LoadResult> {
	say('starting services and processes');
	const stage = await openLoadStage(options);
	const crowds: HelperProcess[] = [];
	const { promise: interrupted, reject } = Promise.withResolvers<never>();
	// Who waits for it hears of it; before that nobody does.
	interrupted.catch(() => undefined);
	signal.addEventListener('abort', () => reject(signal.reason), { once: true });
	try {
		signal.throwIfAborted();
		return await Promise.race([playAll({ stage, options, crowds, say }), interrupted]);
	} finally {
		for (const crowd of crowds) await crowd.stop();
		await stage.close();
	}
}

async function playAll(run: {
	readonly stage: LoadStage;
	readonly options: LoadOptions;
	/** Gets the processes that are started, so that somebody stops them. */
	readonly crowds: HelperProcess[];
	readonly say: (line: string) => void;
}): Promise<LoadResult> {
	const { stage, options, crowds, say } = run;
	const { workspaceId, cookies } = await inviteAudience(stage.context, options.consoles);
	const shows: LoadShow[] = [];
	for (let index = 0; index < options.shows; index++) {
		const comments = Math.max(10, Math.round(options.comments / options.shows));
		const size = { comments, seconds: options.seconds, seed: options.seed + index };
		shows.push(await inventShow(stage.context, workspaceId, size));
	}
	const audience = { origin: stage.origin, sockets: stage.sockets, cookies };
	crowds.push(...(await startCrowds(options, audience, shows)));
	const reports = await untilStill(crowds, [], ({ connected }) => connected, options.consoles);
	const connected = reports.reduce((total, report) => total + report.connected, 0);
	if (connected < options.consoles) {
		throw new Error(`only ${connected} of ${options.consoles} consoles were let in`);
	}
	say(`${options.consoles} consoles are connected; ${options.seconds} s of comments`);
	const [played] = await Promise.all([
		Promise.all(shows.map((show) => playShow(stage.context, show))),
		options.kill ? killSome(stage, options.seconds, say) : null
	]);
	say('the last comment is in; waiting for history and consoles');
	return await judgeAll({ stage, options, shows, played, crowds });
}

/** A web process, then a worker, one after the other. */
async function killSome(
	stage: LoadStage,
	seconds: number,
	say: (line: string) => void
): Promise<void> {
	await sleep(seconds * 1_000 * KILL_AT);
	for (const role of ['web', 'worker'] as const) {
		say(`a ${role} process is killed`);
		await stage.replace(role);
		say(`another ${role} process has taken its place`);
	}
}

type Played = Awaited<ReturnType<typeof playShow>>;

async function judgeAll(run: {
	readonly stage: LoadStage;
	readonly options: LoadOptions;
	readonly shows: readonly LoadShow[];
	readonly played: readonly Played[];
	readonly crowds: readonly HelperProcess[];
}): Promise<LoadResult> {
	const { stage, options, shows, played, crowds } = run;
	const { context } = stage;
	const lastAt = performance.now();
	for (const { showId } of shows) await waitUntilPersisted(context, showId);
	const historyLagMs = Math.round(performance.now() - lastAt);
	const ends: ShowEnd[] = [];
	for (const { showId } of shows) {
		const live = await readLiveLog(context.redis, showId);
		if (live) ends.push({ showId, epoch: live.epoch, seq: live.seq });
	}
	const reports = await untilStill(crowds, ends, ({ arrived }) => arrived, options.consoles);
	const verdicts = await Promise.all(
		shows.map((show, index) => judgeShow(context, show, played[index]?.counts ?? {}))
	);
	const digestOf = new Map(shows.map(({ showId }, index) => [showId, verdicts[index]?.digest]));
	const strange = reports
		.flatMap(({ folds }) => folds)
		.filter(({ showId, digest }) => digest !== digestOf.get(showId));
	const sum = (pick: (report: CrowdReport) => number): number =>
		reports.reduce((total, report) => total + pick(report), 0);
	const arrived = sum((report) => report.arrived);
	const missing = options.consoles - arrived;
	const ages = Float64Array.from(reports.flatMap((report) => report.ages)).sort();
	return {
		seed: options.seed,
		shows: shows.length,
		comments: played.reduce((total, { counts }) => total + (counts['comments'] ?? 0), 0),
		events: verdicts.reduce((total, { events }) => total + events, 0),
		consoles: options.consoles,
		complete: arrived,
		deliveries: sum(({ deliveries }) => deliveries),
		reconnects: sum(({ reconnects }) => reconnects),
		resyncs: sum(({ resyncs }) => resyncs),
		deliveryMs: {
			p50: percentile(ages, 0.5),
			p99: percentile(ages, 0.99),
			max: ages.at(-1) ?? 0
		},
		lateMs: Math.max(...played.map(({ lateMs }) => lateMs)),
		historyLagMs,
		digests: verdicts.map(({ digest }) => digest),
		violations: [
			...verdicts.flatMap(({ violations }) => violations),
			...reports.flatMap(({ faults }) => faults.map((fault) => `a console: ${fault}`)),
			...(missing > 0 ? [`${missing} consoles did not get to the end`] : []),
			...(strange.length > 0 ? [`${strange.length} consoles hold other facts than the log`] : [])
		]
	};
}
