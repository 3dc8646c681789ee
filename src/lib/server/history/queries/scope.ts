import type { ShowSettings } from '../../../domain/show-state.ts';
import { AppError } from '../../errors.ts';
import { createShow } from '../create-show.ts';
import type { Db } from '../database.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * A show that was found in the member's own workspace. The class is not exported and holds private
 * fields, so a `WorkspaceScope` is the only place that can make one: whatever takes a `ScopedShow`
 * can't be reached with another tenant's id.
 */
class OwnedShow {
	readonly #id: string;
	readonly #workspaceId: string;

	constructor(id: string, workspaceId: string) {
		this.#id = id;
		this.#workspaceId = workspaceId;
	}

	get id(): string {
		return this.#id;
	}

	get workspaceId(): string {
		return this.#workspaceId;
	}
}

export type ScopedShow = OwnedShow;

/** What a member may see: the shows of one workspace. */
export class WorkspaceScope {
	readonly #db: Db;
	readonly #workspaceId: string;

	constructor(db: Db, workspaceId: string) {
		this.#db = db;
		this.#workspaceId = workspaceId;
	}

	get workspaceId(): string {
		return this.#workspaceId;
	}

	/**
	 * The show with this id. Throws `SHOW_NOT_FOUND`, alike for an id that nobody has, one that is no
	 * id at all and one of another workspace, so that the answer tells nothing about other tenants.
	 */
	async show(showId: string): Promise<ScopedShow> {
		if (!UUID.test(showId)) throw new AppError('SHOW_NOT_FOUND');
		const row = await this.#db
			.selectFrom('shows')
			.select('id')
			.where('id', '=', showId)
			.where('workspace_id', '=', this.#workspaceId)
			.executeTakeFirst();
		if (!row) throw new AppError('SHOW_NOT_FOUND');
		return new OwnedShow(row.id, this.#workspaceId);
	}

	/** Adds a draft show without events. Words must be normalised (`parseIntentWord`) and differ. */
	async createShow(
		settings: ShowSettings,
		options: { readonly isRehearsal?: boolean } = {}
	): Promise<ScopedShow> {
		const workspaceId = this.#workspaceId;
		const id = await createShow(this.#db, { workspaceId, ...settings, ...options });
		return new OwnedShow(id, this.#workspaceId);
	}
}
