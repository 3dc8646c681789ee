import type { FakeClock } from './clock.ts';
import { FacebookLive } from './facebook-live.ts';
import { IdSource } from './ids.ts';
import { FakeInstagramAccount } from './instagram-account.ts';
import { InstagramLive } from './instagram-live.ts';
import { FakePage } from './page.ts';
import type { FakePerson } from './page.ts';
import type { Surroundings, WorldEvent } from './world-events.ts';

export type PageInput = {
	readonly id?: string;
	readonly name: string;
	readonly tasks?: readonly string[];
	readonly instagram?: { readonly id?: string; readonly username: string };
};

const ALL_TASKS = ['ANALYZE', 'ADVERTISE', 'MODERATE', 'CREATE_CONTENT', 'MANAGE'];

/** Invented people, their pages and accounts, and what is live on them. */
export class World {
	readonly people = new Map<string, FakePerson>();
	readonly pages = new Map<string, FakePage>();
	readonly instagramAccounts = new Map<string, FakeInstagramAccount>();
	readonly facebookLives = new Map<string, FacebookLive>();
	readonly instagramLives = new Map<string, InstagramLive>();
	readonly #ids: IdSource;
	readonly #around: Surroundings;
	readonly #listeners = new Set<(event: WorldEvent) => void>();

	constructor(seed: number, clock: FakeClock) {
		this.#ids = new IdSource(seed);
		this.#around = {
			now: () => clock.now(),
			nextId: (kind) => this.#ids.next(kind),
			tell: (event) => this.#tell(event)
		};
	}

	/** Calls `listener` with everything that happens from now on. */
	onEvent(listener: (event: WorldEvent) => void): void {
		this.#listeners.add(listener);
	}

	addPerson(about: { readonly id?: string; readonly name: string }): FakePerson {
		const id = this.#freeId(about.id, 'person', this.people);
		const person: FakePerson = { id, name: about.name, grant: null };
		this.people.set(id, person);
		return person;
	}

	/** A page of which `person` is an admin, with an Instagram account linked when told. */
	addPage(person: FakePerson, about: PageInput): FakePage {
		const id = this.#freeId(about.id, 'page', this.pages);
		const page = new FakePage({ id, name: about.name }, (of, title) => this.#startLive(of, title));
		this.pages.set(id, page);
		this.giveRole(person, page, about.tasks);
		if (about.instagram) page.instagram = this.#addInstagram(about.instagram, page);
		return page;
	}

	giveRole(person: FakePerson, page: FakePage, tasks: readonly string[] = ALL_TASKS): void {
		page.roles.set(person.id, tasks);
	}

	/** An account without a page, for Instagram Login. */
	addInstagramAccount(about: {
		readonly id?: string;
		readonly username: string;
	}): FakeInstagramAccount {
		return this.#addInstagram(about, null);
	}

	pagesOf(person: FakePerson): FakePage[] {
		return [...this.pages.values()].filter((page) => page.roles.has(person.id));
	}

	#addInstagram(
		about: { readonly id?: string; readonly username: string },
		page: FakePage | null
	): FakeInstagramAccount {
		const id = this.#freeId(about.id, 'instagramAccount', this.instagramAccounts);
		const account = new FakeInstagramAccount(
			{ id, appScopedId: this.#ids.next('instagramAppScoped'), username: about.username, page },
			(of) => this.#startInstagramLive(of)
		);
		this.instagramAccounts.set(id, account);
		return account;
	}

	#startLive(page: FakePage, title: string): FacebookLive {
		const ids = {
			live: this.#ids.next('liveVideo'),
			video: this.#ids.next('video'),
			post: this.#ids.next('post')
		};
		const live = new FacebookLive(ids, { page, title }, this.#around);
		this.facebookLives.set(live.id, live);
		this.#tell({ type: 'facebook_status', live, status: 'live' });
		return live;
	}

	#startInstagramLive(account: FakeInstagramAccount): InstagramLive {
		const live = new InstagramLive(this.#ids.next('instagramMedia'), account, this.#around);
		this.instagramLives.set(live.id, live);
		return live;
	}

	#freeId(
		wanted: string | undefined,
		kind: 'person' | 'page' | 'instagramAccount',
		taken: ReadonlyMap<string, unknown>
	): string {
		const id = wanted ?? this.#ids.next(kind);
		if (taken.has(id)) throw new Error(`the id ${id} is taken`);
		return id;
	}

	#tell(event: WorldEvent): void {
		for (const listener of this.#listeners) listener(event);
	}
}
