import { randomUUID } from 'node:crypto';
import { Argon2id } from 'oslo/password';

/**
 * Argon2id with the least that OWASP recommends: 19 MiB, two passes, one lane
 * (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html).
 * Hashing runs in Node's thread pool, which bounds how many run at once.
 */
const argon2id = new Argon2id({ memorySize: 19_456, iterations: 2, parallelism: 1 });

export function hashPassword(password: string): Promise<string> {
	return argon2id.hash(password);
}

/**
 * Checks passwords. An account that does not exist is checked against a hash that no password fits, so
 * that the time of the answer does not tell which addresses have an account.
 */
export class PasswordCheck {
	readonly #decoy: Promise<string> = hashPassword(randomUUID());

	constructor() {
		// Heard where it is awaited; unheard until then, a failure would end the process.
		this.#decoy.catch(() => undefined);
	}

	/** `hash` is null for an unknown account; the answer is then false. */
	async verify(hash: string | null, password: string): Promise<boolean> {
		const fits = await argon2id.verify(hash ?? (await this.#decoy), password);
		return hash !== null && fits;
	}
}
