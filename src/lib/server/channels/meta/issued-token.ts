import { z } from 'zod';

/** A token as Meta gave it out. Never log it, never put it into an event or a URL. */
export type IssuedToken = { readonly token: string; readonly expiresAt: Date };

/** A long-lived token whose answer names no time lives about this long (PLATFORMS 1.3). */
export const LONG_LIVED_SECONDS = 60 * 86_400;
/** A short-lived one lives for one to two hours (PLATFORMS 1.3). */
export const SHORT_LIVED_SECONDS = 3_600;

export const tokenText = z.string().regex(/^[\x21-\x7e]{1,4096}$/);

const tokenAnswer = z.object({
	access_token: tokenText,
	expires_in: z.coerce.number().positive().max(1e10).optional().catch(undefined)
});

/** The schema of an answer that gives out a token. `usualSeconds`: its life when Meta names none. */
export function issuedToken(usualSeconds: number): z.ZodType<IssuedToken> {
	return tokenAnswer.transform(({ access_token: token, expires_in: seconds = usualSeconds }) => ({
		token,
		expiresAt: new Date(Date.now() + seconds * 1000)
	}));
}
