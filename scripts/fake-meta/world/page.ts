import type { FacebookLive } from './facebook-live.ts';
import type { Grant } from './grant.ts';
import type { FakeInstagramAccount } from './instagram-account.ts';

/** A Facebook page. */
export class FakePage {
	readonly id: string;
	readonly name: string;
	/** Tasks of each person who has a role on it, by the person's id. */
	readonly roles = new Map<string, readonly string[]>();
	/** Oldest first. */
	readonly lives: FacebookLive[] = [];
	/** Fields of webhooks that the app is subscribed to for this page; empty: not subscribed. */
	readonly subscribedFields = new Set<string>();
	instagram: FakeInstagramAccount | null = null;
	readonly #newLive: (page: FakePage, title: string) => FacebookLive;

	constructor(
		about: { id: string; name: string },
		newLive: (page: FakePage, title: string) => FacebookLive
	) {
		this.id = about.id;
		this.name = about.name;
		this.#newLive = newLive;
	}

	/** Starts a broadcast; several at once are allowed. */
	goLive(about: { title?: string } = {}): FacebookLive {
		const live = this.#newLive(this, about.title ?? 'Live sale');
		this.lives.push(live);
		return live;
	}
}

/** Somebody with a Facebook account. */
export type FakePerson = {
	readonly id: string;
	readonly name: string;
	grant: Grant | null;
};
