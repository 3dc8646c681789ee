import { describeFailure } from '../api.ts';
import type { AccountLives } from './show-channels.svelte.ts';

/** What the accounts broadcast now, as it was when somebody looked last. */
export class AccountFinder {
	readonly #discover: () => Promise<readonly AccountLives[]>;
	#accounts = $state.raw<readonly AccountLives[] | null>(null);
	#failure = $state<string | null>(null);
	#isLooking = $state(false);

	constructor(discover: () => Promise<readonly AccountLives[]>) {
		this.#discover = discover;
	}

	/** Null until somebody looked. */
	get accounts(): readonly AccountLives[] | null {
		return this.#accounts;
	}

	/** Why the last look brought nothing; what an earlier one found stays. */
	get failure(): string | null {
		return this.#failure;
	}

	get isLooking(): boolean {
		return this.#isLooking;
	}

	/** Asks the platforms, unless that is under way. */
	async look(): Promise<void> {
		if (this.#isLooking) return;
		this.#isLooking = true;
		try {
			this.#accounts = await this.#discover();
			this.#failure = null;
		} catch (error) {
			this.#failure = describeFailure(error);
		} finally {
			this.#isLooking = false;
		}
	}
}
