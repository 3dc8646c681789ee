import { createHash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** 256 random bits: whoever has the text may join. */
export function newInviteToken(): string {
	return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** Whether the text has the form of a token. Anything else needs no look into the database. */
export function isInviteToken(text: string): boolean {
	return TOKEN.test(text);
}

/** What is stored. Looking it up takes the same time whatever the token: nothing compares the token itself. */
export function hashInviteToken(token: string): string {
	return createHash('sha256').update(token).digest('base64url');
}
