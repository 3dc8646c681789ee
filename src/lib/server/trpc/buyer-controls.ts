import { BuyerProfiles } from '../history/queries/buyer-profiles.ts';
import { readPerson } from '../history/queries/buyer-person.ts';
import type { BuyerPerson } from '../history/queries/buyer-person.ts';
import type { WorkspaceScope } from '../history/queries/scope.ts';
import type { ApiServices } from './services.ts';

type BuyerServices = Pick<ApiServices, 'db' | 'blocks'>;

/** A change to who is blocked. */
export type BlockChange = {
	readonly person: BuyerPerson;
	/** False: a running show could not be reached; it is told as soon as it can be, within seconds. */
	readonly inForce: boolean;
};

/**
 * What an operator may do to the buyers of their workspace, each change signed. All throw `BUYER_NOT_FOUND`;
 * other refusals as `BuyerProfiles`. A change to who is blocked is in force in every running show when the
 * call returns.
 */
export class BuyerControls {
	readonly #services: BuyerServices;
	readonly #scope: WorkspaceScope;
	readonly #profiles: BuyerProfiles;

	constructor(services: BuyerServices, scope: WorkspaceScope, actor: string) {
		this.#services = services;
		this.#scope = scope;
		this.#profiles = new BuyerProfiles(services.db, scope, actor);
	}

	async setNote(buyerKey: string, note: string, was: string): Promise<void> {
		await this.#profiles.setNote(buyerKey, note, was);
	}

	async setTag(buyerKey: string, tag: string, present: boolean): Promise<BuyerPerson> {
		await this.#profiles.setTag(buyerKey, tag, present);
		return await this.#person(buyerKey);
	}

	async setBlocked(buyerKey: string, blocked: boolean): Promise<BlockChange> {
		await this.#profiles.setBlocked(buyerKey, blocked);
		// Also when nothing changed: whoever asks again after an outage wants it to be in force.
		const inForce = await this.#services.blocks.enforce(this.#scope.workspaceId);
		return { person: await this.#person(buyerKey), inForce };
	}

	async link(buyerKey: string, otherKey: string): Promise<BlockChange> {
		const listChanged = await this.#profiles.link(buyerKey, otherKey);
		const inForce = !listChanged || (await this.#services.blocks.enforce(this.#scope.workspaceId));
		return { person: await this.#person(buyerKey), inForce };
	}

	async unlink(buyerKey: string): Promise<void> {
		await this.#profiles.unlink(buyerKey);
	}

	async #person(buyerKey: string): Promise<BuyerPerson> {
		return await readPerson(this.#services.db, this.#scope, buyerKey);
	}
}
