import type { Cookies } from '@sveltejs/kit';
import { z } from 'zod';

export const CONNECTIONS_PATH = '/connections';

export const metaLogin = z.enum(['facebook', 'instagram']);

/** A cookie holds 4 KB; of more connections than this only the first are marked as new. */
const MAX_MARKED = 40;

const outcomeSchema = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('failed'),
		/** Which login it was; null when that is not known. */
		login: metaLogin.nullable(),
		/** For the seller, in our own words; nothing of an address's query. */
		message: z.string().max(800)
	}),
	z.object({ kind: z.literal('connected'), ids: z.array(z.string().max(100)).max(MAX_MARKED) })
]);

/** What the last attempt to connect came to. */
export type LoginOutcome = z.output<typeof outcomeSchema>;

const OUTCOME = 'sellary_login_outcome';
const PURPOSE = 'sellary_login_purpose';
/** As long as an attempt may take, PLATFORMS 1.2. */
const MAX_AGE_SECONDS = 600;

type Place = { readonly cookies: Cookies; readonly url: URL };

function attributes(url: URL) {
	const secure = url.protocol === 'https:';
	return { path: CONNECTIONS_PATH, httpOnly: true, sameSite: 'lax', secure } as const;
}

/** Carries the outcome over the redirect to the list, which reads it once. */
export function leaveOutcome({ cookies, url }: Place, outcome: LoginOutcome): void {
	const kept =
		outcome.kind === 'connected' ? { ...outcome, ids: outcome.ids.slice(0, MAX_MARKED) } : outcome;
	cookies.set(OUTCOME, JSON.stringify(kept), { ...attributes(url), maxAge: MAX_AGE_SECONDS });
}

/** The outcome that was left, which is gone then; null when there is none, or it is none of ours. */
export function takeOutcome({ cookies, url }: Place): LoginOutcome | null {
	const text = cookies.get(OUTCOME);
	if (text === undefined) return null;
	cookies.delete(OUTCOME, attributes(url));
	try {
		return outcomeSchema.safeParse(JSON.parse(text)).data ?? null;
	} catch {
		return null;
	}
}

/** Remembers what the seller went to Meta for: to renew what is connected, or to connect more. */
export function leavePurpose({ cookies, url }: Place, renewing: boolean): void {
	if (!renewing) cookies.delete(PURPOSE, attributes(url));
	else cookies.set(PURPOSE, 'renew', { ...attributes(url), maxAge: 2 * MAX_AGE_SECONDS });
}

/** Whether the seller went to Meta to renew what is connected. */
export function isRenewing(cookies: Cookies): boolean {
	return cookies.get(PURPOSE) === 'renew';
}
