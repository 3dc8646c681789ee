import type { ErasurePlan } from '../history/redaction/erasure-plan.ts';
import { runningShows } from '../history/redaction/erasure-plan.ts';
import type { WorkspaceScope } from '../history/queries/scope.ts';
import type { ApiServices } from './services.ts';

type ErasureServices = Pick<ApiServices, 'erasure' | 'blocks'>;

/** What erasing would do, as the page shows it. */
export type ErasurePreview = Omit<ErasurePlan, 'shows'> & {
	readonly shows: number;
	/** Shows that must end first. */
	readonly running: readonly { readonly id: string; readonly name: string }[];
};

/** Erasing people's data from the workspace, signed. Throws as `BuyerErasure`. */
export class ErasureControls {
	readonly #services: ErasureServices;
	readonly #workspaceId: string;
	readonly #actor: string;

	constructor(services: ErasureServices, scope: WorkspaceScope, actor: string) {
		this.#services = services;
		this.#workspaceId = scope.workspaceId;
		this.#actor = actor;
	}

	async preview(buyerKey: string): Promise<ErasurePreview> {
		const { shows, ...plan } = await this.#services.erasure.plan(this.#workspaceId, buyerKey);
		const running = runningShows(shows).map(({ id, name }) => ({ id, name }));
		return { ...plan, shows: shows.length, running };
	}

	/** `buyerKey` of the answer: who stands for the person from now on. */
	async erase(buyerKey: string, typed: string) {
		const { wasBlocked, ...erasure } = await this.#services.erasure.erase({
			workspaceId: this.#workspaceId,
			buyerKey,
			typed,
			actor: this.#actor
		});
		// The sweep does it within seconds for a show that can't be reached now.
		if (wasBlocked) await this.#services.blocks.enforce(this.#workspaceId);
		return erasure;
	}
}
