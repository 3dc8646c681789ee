import { addressGroup } from '../auth/client-address.ts';
import type { Member } from '../auth/member.ts';
import type { Config } from '../config.ts';
import { refuseUntil } from './rate-limited.ts';
import { TokenBuckets } from './token-buckets.ts';
import type { Rate } from './token-buckets.ts';

/** What a call does: changes something, or reads. */
export type CallKind = 'query' | 'mutation';

export type Caller = Pick<Member, 'userId'> & {
	readonly workspace: Pick<Member['workspace'], 'id'>;
};

/** How many seconds' worth of its rate somebody who was quiet may use at once. */
const BURST_SECONDS = 5;
/** A workspace has this many times the rate of a member: one person can't use up what all have. */
const WORKSPACE_FACTOR = 5;
/** Share of the calls that may change something: these cost Redis and Postgres the most. */
const MUTATION_SHARE = 0.5;
/** Who is signed out has so much less of an address's rate, and a longer burst: an office may sign in at once. */
const SIGNED_OUT_SHARE = 0.2;
const SIGNED_OUT_BURST_SECONDS = 10;
/** All consoles of an address may come back at once after a restart, and again after so long. */
const UPGRADE_REFILL_SECONDS = 10;

const rate = (perSecond: number, burstSeconds = BURST_SECONDS): Rate => ({
	perSecond,
	burst: Math.max(1, Math.round(perSecond * burstSeconds))
});

/**
 * Rates of requests and calls, counted in the memory of this process: no call pays a round trip for them,
 * and they hold while Redis is away. A deployment of several web processes allows each of them so much
 * (docs/operations/limits.md). Every method throws `RATE_LIMITED` (details: `retryAfterSeconds`).
 */
export class RequestLimits {
	readonly #address: TokenBuckets;
	readonly #signedOut: TokenBuckets;
	readonly #upgrades: TokenBuckets;
	readonly #calls: Record<CallKind, { member: TokenBuckets; workspace: TokenBuckets }>;

	/** To be called with a limit's name when it refused somebody, also for limits that are kept elsewhere. */
	readonly countRefusal: (limiter: string) => void;

	/** `onLimited` hears the name of the limit that refused somebody. */
	constructor(
		limits: Config['limits'],
		now?: () => number,
		onLimited: (limiter: string) => void = () => undefined
	) {
		this.countRefusal = onLimited;
		const buckets = (of: Rate) => new TokenBuckets(of, now);
		const calls = (perSecond: number) => ({
			member: buckets(rate(perSecond)),
			workspace: buckets(rate(perSecond * WORKSPACE_FACTOR))
		});
		const { memberCallsPerSecond, addressRequestsPerSecond, addressSockets } = limits;
		this.#address = buckets(rate(addressRequestsPerSecond));
		this.#signedOut = buckets(
			rate(addressRequestsPerSecond * SIGNED_OUT_SHARE, SIGNED_OUT_BURST_SECONDS)
		);
		this.#upgrades = buckets({
			perSecond: addressSockets / UPGRADE_REFILL_SECONDS,
			burst: addressSockets
		});
		this.#calls = {
			query: calls(memberCallsPerSecond),
			mutation: calls(memberCallsPerSecond * MUTATION_SHARE)
		};
	}

	/** Counts a request of whoever it is, before anything is looked up for it. */
	admitRequest(address: string): void {
		this.#refuseUntil('requests-of-address', this.#address.take(addressGroup(address)));
	}

	/** Counts a request or a call of somebody who is not signed in. */
	admitSignedOut(address: string): void {
		this.#refuseUntil('requests-signed-out', this.#signedOut.take(addressGroup(address)));
	}

	/** Counts an attempt to open a socket, before its session is looked up. */
	admitUpgrade(address: string): void {
		this.#refuseUntil('sockets-of-address', this.#upgrades.take(addressGroup(address)));
	}

	/** Counts a call, or a page, of a member against what they and their workspace may have. */
	admitCall(caller: Caller, kind: CallKind): void {
		const { member, workspace } = this.#calls[kind];
		this.#refuseUntil('calls-of-workspace', workspace.wait(caller.workspace.id));
		const waitMs = member.take(`${caller.workspace.id} ${caller.userId}`);
		this.#refuseUntil('calls-of-member', waitMs);
		workspace.take(caller.workspace.id);
	}

	#refuseUntil(limiter: string, waitMs: number): void {
		if (waitMs > 0) this.countRefusal(limiter);
		refuseUntil(waitMs);
	}
}
