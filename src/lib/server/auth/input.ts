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

const newPassword = z
	.string()
	.min(MIN_PASSWORD_TEXT, `The password needs at least ${MIN_PASSWORD_TEXT} characters.`)
	.max(MAX_PASSWORD_TEXT, `The password can have at most ${MAX_PASSWORD_TEXT} characters.`);

/** No rules but a bound: a wrong password is wrong, whatever it looks like. */
function presentPassword(request: string) {
	return z
		.string()
		.min(1, request)
		.max(MAX_PASSWORD_TEXT, `The password can have at most ${MAX_PASSWORD_TEXT} characters.`);
}

function nameText(what: string) {
	return z
		.string()
		.max(MAX_NAME_TEXT, `${what} can have at most ${MAX_NAME_TEXT} characters.`)
		.transform((text) => cleanText(text, MAX_NAME_TEXT).trim())
		.pipe(z.string().min(1, `Please enter ${what.toLowerCase()}.`));
}

export const workspaceName = nameText('The workspace’s name');

/** Somebody new, who joins a workspace or makes one. */
export const personInput = z.object({ email, password: newPassword, name: nameText('Your name') });
export const registerInput = personInput.extend({ workspaceName });
export const signInInput = z.object({
	email,
	password: presentPassword('Please enter your password.')
});
export const renameInput = personInput.pick({ name: true });
export const passwordChange = z.object({
	currentPassword: presentPassword('Please enter your present password.'),
	newPassword
});

export const accountDeletion = z.object({
	password: presentPassword('Please enter your password.')
});

export type PersonInput = z.output<typeof personInput>;
export type RegisterInput = z.output<typeof registerInput>;
export type SignInInput = z.output<typeof signInInput>;
export type PasswordChange = z.output<typeof passwordChange>;
