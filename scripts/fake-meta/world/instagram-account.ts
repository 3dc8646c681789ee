import type { Grant } from './grant.ts';
import type { InstagramLive } from './instagram-live.ts';
import type { FakePage } from './page.ts';

/** A professional Instagram account: linked to a page, or one that signs in by itself (PLATFORMS 1.10). */
export class FakeInstagramAccount {
	/** The professional account's id: `user_id`, and `entry.id` of webhooks. */
	readonly id: string;
	/** What `/me` of Instagram Login gives as `id`. */
	readonly appScopedId: string;
	readonly username: string;
	/** Null: it has no page and is connected by Instagram Login. */
	readonly page: FakePage | null;
	readonly lives: InstagramLive[] = [];
	/** Fields that its own `subscribed_apps` has (Instagram Login). */
	readonly subscribedFields = new Set<string>();
	/** What it allowed in the dialog of Instagram Login. */
	grant: Grant | null = null;
	readonly #newLive: (account: FakeInstagramAccount) => InstagramLive;

	constructor(
		about: { id: string; appScopedId: string; username: string; page: FakePage | null },
		newLive: (account: FakeInstagramAccount) => InstagramLive
	) {
		this.id = about.id;
		this.appScopedId = about.appScopedId;
		this.username = about.username;
		this.page = about.page;
		this.#newLive = newLive;
	}

	/** Starts a broadcast. */
	goLive(): InstagramLive {
		const live = this.#newLive(this);
		this.lives.push(live);
		return live;
	}
}
