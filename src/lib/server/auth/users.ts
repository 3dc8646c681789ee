import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { AppError } from '../errors.ts';
import type { Db } from '../history/database.ts';
import { normaliseEmail } from './input.ts';
import type { PersonInput, SignInInput } from './input.ts';
import type { PasswordCheck } from './passwords.ts';
import type { AuthLimits } from './rate-limits.ts';

/** Adds a user without a workspace. Returns the id. Throws `EMAIL_TAKEN`. */
export async function insertUser(
	db: Db,
	person: Pick<PersonInput, 'email' | 'name'>,
	passwordHash: string
): Promise<string> {
	const user = await db
		.insertInto('users')
		.values({
			id: randomUUID(),
			email: normaliseEmail(person.email),
			name: person.name,
			password_hash: passwordHash
		})
		.onConflict((conflict) => conflict.expression(sql`lower(email)`).doNothing())
		.returning('id')
		.executeTakeFirst();
	if (!user) throw new AppError('EMAIL_TAKEN');
	return user.id;
}

export type CredentialChecks = {
	readonly db: Db;
	readonly passwords: PasswordCheck;
	readonly limits: AuthLimits;
};

/**
 * The id of the user whose address and password these are. Throws `BAD_CREDENTIALS`, alike for an unknown
 * address and a wrong password and after the same work, and `RATE_LIMITED`.
 */
export async function checkCredentials(
	{ db, passwords, limits }: CredentialChecks,
	input: SignInInput,
	address: string
): Promise<string> {
	const email = normaliseEmail(input.email);
	const attempt = await limits.countSignIn(email, address);
	const user = await db
		.selectFrom('users')
		.select(['id', 'password_hash'])
		.where(sql<boolean>`lower(email) = ${email}`)
		.executeTakeFirst();
	const known = await passwords.verify(user?.password_hash ?? null, input.password);
	if (!user || !known) throw new AppError('BAD_CREDENTIALS');
	await attempt.forgive();
	return user.id;
}
