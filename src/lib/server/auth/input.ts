import { z } from 'zod';
import { MAX_NAME_TEXT, cleanText } from '../../domain/text.ts';

/** Longest address that mail can be delivered to (RFC 5321, erratum 1690). */
const MAX_EMAIL_TEXT = 254;
export const MIN_PASSWORD_TEXT = 8;
/** A bound on the work that one request can ask of argon2. */
export const MAX_PASSWORD_TEXT = 200;

/** Two spellings of one address are one account. */
export function normaliseEmail(email: string): string {
	return email.trim().toLowerCase();
}

const email = z
	.string()
	.max(MAX_EMAIL_TEXT + 50, 'This e-mail address is too long.')
	.transform(normaliseEmail)
	.pipe(
		z
			.email('Please enter a valid e-mail address.')
			.max(MAX_EMAIL_TEXT, 'This e-mail address is too long.')
	);

function nameText(what: string) {
	return z
		.string()
		.max(MAX_NAME_TEXT, `${what} can have at most ${MAX_NAME_TEXT} characters.`)
		.transform((text) => cleanText(text, MAX_NAME_TEXT).trim())
		.pipe(z.string().min(1, `Please enter ${what.toLowerCase()}.`));
}

export const registerInput = z.object({
	email,
	password: z
		.string()
		.min(MIN_PASSWORD_TEXT, `The password needs at least ${MIN_PASSWORD_TEXT} characters.`)
		.max(MAX_PASSWORD_TEXT, `The password can have at most ${MAX_PASSWORD_TEXT} characters.`),
	name: nameText('Your name'),
	workspaceName: nameText('The workspace’s name')
});

/** No rules for the password but a bound: a wrong one is wrong, whatever it looks like. */
export const signInInput = z.object({
	email,
	password: z
		.string()
		.min(1, 'Please enter your password.')
		.max(MAX_PASSWORD_TEXT, `The password can have at most ${MAX_PASSWORD_TEXT} characters.`)
});

export type RegisterInput = z.output<typeof registerInput>;
export type SignInInput = z.output<typeof signInInput>;
