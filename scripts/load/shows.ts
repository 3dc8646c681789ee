import { createShow } from '../../src/lib/server/history/create-show.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { SESSION_COOKIE } from '../../src/lib/server/auth/session-cookie.ts';
import {
	showHeader,
	showLedger,
	showLines
} from '../../src/lib/server/rehearsal/generator/generate.ts';
import { inventScript } from '../../src/lib/server/rehearsal/generator/show-script.ts';
import type { Rehearsal } from '../../src/lib/server/rehearsal/format.ts';
import { RehearsalPlayer } from '../../src/lib/server/rehearsal/player.ts';
import { createCaller } from '../../src/lib/server/trpc/caller.ts';

/** Consoles that one person has open: below what a process allows. */
const CONSOLES_PER_PERSON = 40;
/** Comments on their way to Redis at once; it keeps the order of one connection. */
const IN_FLIGHT = 64;
const PASSWORD = 'first comment wins';

export type Audience = {
	readonly workspaceId: string;
	/** A session's cookie for each forty consoles. */
	readonly cookies: readonly string[];
};

/** An owner and as many colleagues as the consoles need. */
export async function inviteAudience(context: AppContext, consoles: number): Promise<Audience> {
	const person = (name: string) => ({ email: `${name}@sellary.example`, password: PASSWORD, name });
	const owner = await context.auth.register(
		{ ...person('owner'), workspaceName: 'Load' },
		{ address: '198.51.100.1' }
	);
	const cookies = [`${SESSION_COOKIE}=${owner.sessionId}`];
	for (let index = 1; cookies.length * CONSOLES_PER_PERSON < consoles; index++) {
		// Each from an address of their own, so that no limit stands between them.
		const clientAddress = `198.51.${100 + Math.floor(index / 250)}.${(index % 250) + 2}`;
		const api = createCaller(context, owner, { clientAddress });
		const { token } = await api.members.invite({ role: 'viewer' });
		const name = `viewer-${index}`;
		const { sessionId } = await context.auth.invitations.acceptAsNew(
			token,
			person(name),
			clientAddress
		);
		cookies.push(`${SESSION_COOKIE}=${sessionId}`);
	}
	return { workspaceId: owner.workspace.id, cookies };
}

export type LoadShow = {
	readonly showId: string;
	readonly rehearsal: Rehearsal;
	/** Comments that must be in the log at the end, and what became of them. */
	readonly expected: Readonly<Record<string, number>>;
};

/** Invents a show of that many comments and seconds, and makes it known. */
export async function inventShow(
	context: AppContext,
	workspaceId: string,
	size: { readonly comments: number; readonly seconds: number; readonly seed: number }
): Promise<LoadShow> {
	const script = inventScript({
		comments: size.comments,
		items: Math.max(5, Math.min(200, Math.round(size.seconds / 2))),
		minutes: size.seconds / 60,
		buyers: Math.max(20, Math.round(size.comments / 4)),
		seed: size.seed,
		platforms: ['facebook', 'instagram']
	});
	const ledger = showLedger(script);
	const lines = [...showLines(script, ledger)];
	const header = showHeader(script);
	const { name, claimWord, passWord } = header;
	const isRehearsal = true;
	const showId = await createShow(context.db, {
		workspaceId,
		name,
		claimWord,
		passWord,
		isRehearsal
	});
	return {
		showId,
		rehearsal: { header, lines: lines.map((line, index) => ({ lineNumber: index + 2, line })) },
		expected: ledger.counts
	};
}

/**
 * Plays the show in real time through the intake. Resolves with what became of its comments and how many
 * milliseconds the last of them came late.
 */
export async function playShow(
	context: AppContext,
	{ showId, rehearsal }: LoadShow
): Promise<{ readonly counts: Readonly<Record<string, number>>; readonly lateMs: number }> {
	const startedAt = performance.now();
	const player = new RehearsalPlayer(showId, {
		comments: context.comments,
		actions: context.actions,
		speed: 1,
		inFlight: IN_FLIGHT
	});
	const counts = await player.play(rehearsal);
	const lastAt = rehearsal.lines.at(-1)?.line.at ?? 0;
	return { counts, lateMs: Math.max(0, Math.round(performance.now() - startedAt - lastAt)) };
}
