import { randomInt } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Machinery } from './admin/define-switch.ts';
import type { KnobPatch } from './admin/knob-schema.ts';
import type { Knobs } from './admin/knobs.ts';
import { runSwitch } from './admin/switches.ts';
import type { SwitchInput, SwitchName, SwitchOutput } from './admin/switches.ts';
import { buildMachinery } from './build.ts';
import { productEnv } from './env.ts';
import type { Calls } from './http/calls.ts';
import { failureSchema } from './http/failures.ts';
import type { FailureInput } from './http/failures.ts';
import { listen } from './http/listen.ts';
import { requestListener } from './http/listener.ts';
import type { MetaApp } from './oauth/app.ts';
import type { FakeInstagramAccount } from './world/instagram-account.ts';
import type { FakePage, FakePerson } from './world/page.ts';
import type { PageInput } from './world/world.ts';

export type FakeMetaOptions = Partial<MetaApp> & {
	/** 0, the default: any free port of 127.0.0.1. */
	readonly port?: number;
	/** Where all chance comes from, and the range of the ids; drawn unless told. */
	readonly seed?: number;
	/** Short for `knobs.graph.requireProof`. */
	readonly requireProof?: boolean;
	/** Short for `knobs.graph.pageSize`. */
	readonly pageSize?: number;
	readonly knobs?: KnobPatch;
};

const SEEDS = 2 ** 32;

/**
 * A faithful stand-in for Meta over HTTP (PLATFORMS 1.11, 2.6, 3.7): OAuth dialogs, Graph API, event
 * stream and webhook sender, told apart by the first path segment (`/facebook`, `/graph`, `/streaming`,
 * `/ig-graph`, `/ig-api`, `/ig`). It enforces Meta's rules, so a client with a bug fails against it.
 * Unless knobs say otherwise it is orderly, prompt and lossless.
 *
 * ```ts
 * await using fake = await FakeMeta.start({ knobs: { dialog: { mode: 'grant' } } });
 * const person = fake.addPerson({ name: 'Tilda Ashgrove' });
 * const page = fake.addPage(person, { name: 'Ashgrove Finds', instagram: { username: 'ashgrove' } });
 * // start the product with fake.env, connect; then the app's dashboard:
 * await fake.subscribeApp({ callbackUrl: `${product}/webhooks/meta` });
 * const live = page.goLive({ title: 'Saturday' });         // .id .videoId .postId .status
 * const comment = live.comment({ userId: '71', userName: 'Ann', text: 'sold 12' });  // .id: own part
 * live.repeat(comment.id); live.hide(comment.id); live.remove(comment.id); live.stop();
 * page.instagram?.goLive().comment({ userId: '72', userName: 'ben', text: 'sold 3' });
 * await fake.delivered();                                  // no webhook pending
 * ```
 *
 * - `knobs.set({ group: { knob: value } })`, `knobs.preset('quiet' | 'rough')`: `admin/knob-schema.ts`.
 * - `fail({ kind, endpoint?, id?, times?, probability?, … })`: `http/failures.ts`; names of endpoints:
 *   `http/calls.ts`. `times: null` until `admin('heal', { endpoint? })`.
 * - `admin(name, input)`: the table of switches, the same as `POST /admin/{name}` with a JSON body
 *   (`GET /admin` lists them, `GET /admin/state` shows the world without tokens):
 *   world: addPerson, addPage, giveRole, addInstagramAccount, goLive, comment, comments, repeat, remove,
 *   hide, stop, advance; access: expireToken, passwordChange, checkpoint, logOut, revokeApp, loseRole,
 *   removePermission, grantPermission; trouble: fail, heal, knobs, preset, dialog, killCursors,
 *   cutStreams, resetCalls; webhooks: subscribeApp, releaseWebhooks, replay, forge, flood, deauthorize,
 *   requestDeletion, delivered.
 * - `calls.count(endpoint?)`, `calls.list(endpoint?)`, `calls.tokensInUrls`: what was asked.
 */
export class FakeMeta {
	readonly #machinery: Machinery;
	readonly #server: Server;
	readonly #origin: string;

	private constructor(machinery: Machinery, server: Server, origin: string) {
		this.#machinery = machinery;
		this.#server = server;
		this.#origin = origin;
	}

	static async start(options: FakeMetaOptions = {}): Promise<FakeMeta> {
		const { port = 0, seed = randomInt(SEEDS), requireProof, pageSize, knobs, ...app } = options;
		let origin = '';
		const machinery = buildMachinery({ seed, app, origin: () => origin });
		machinery.knobs.set({
			...knobs,
			graph: {
				...knobs?.graph,
				...(requireProof === undefined ? {} : { requireProof }),
				...(pageSize === undefined ? {} : { pageSize })
			}
		});
		const server = createServer(requestListener(machinery));
		origin = await listen(server, port);
		return new FakeMeta(machinery, server, origin);
	}

	/** `http://127.0.0.1:PORT`. */
	get origin(): string {
		return this.#origin;
	}

	get seed(): number {
		return this.#machinery.seed;
	}

	/** The environment variables that point the product here. */
	get env(): Record<string, string> {
		return productEnv(this.#machinery.app, this.#origin);
	}

	get knobs(): Knobs {
		return this.#machinery.knobs;
	}

	/** What was asked of it, counted; no token is kept. */
	get calls(): Calls {
		return this.#machinery.calls;
	}

	/** Epoch ms by the fake's clock. */
	now(): number {
		return this.#machinery.clock.now();
	}

	/** Moves the fake's clock forward. */
	advance(ms: number): void {
		this.#machinery.clock.advance(ms);
	}

	addPerson(about: { readonly id?: string; readonly name: string }): FakePerson {
		return this.#machinery.world.addPerson(about);
	}

	addPage(person: FakePerson, about: PageInput): FakePage {
		return this.#machinery.world.addPage(person, about);
	}

	giveRole(person: FakePerson, page: FakePage, tasks?: readonly string[]): void {
		this.#machinery.world.giveRole(person, page, tasks);
	}

	addInstagramAccount(about: {
		readonly id?: string;
		readonly username: string;
	}): FakeInstagramAccount {
		return this.#machinery.world.addInstagramAccount(about);
	}

	/** Gives the next calls a trouble. @throws ZodError */
	fail(failure: FailureInput): void {
		this.#machinery.failures.plan(failureSchema.parse(failure));
	}

	/** Any switch of the admin table, as `POST /admin/{name}` does it. @throws ZodError, Error */
	admin<Name extends SwitchName>(
		name: Name,
		input: SwitchInput<Name>
	): Promise<SwitchOutput<Name>> {
		return runSwitch(this.#machinery, name, input);
	}

	/** What the app's dashboard does: handshake, then deliveries. @throws Error when that fails */
	async subscribeApp(input: SwitchInput<'subscribeApp'>): Promise<void> {
		await this.admin('subscribeApp', input);
	}

	/** Resolves when no delivery is gathered, delayed, under way or to be tried again. */
	delivered(): Promise<void> {
		return this.#machinery.sender.delivered();
	}

	/** How deliveries went so far. */
	get webhooks() {
		const { sender } = this.#machinery;
		return { ...sender.deliveries.counts, dropped: sender.dropped, pending: sender.pending };
	}

	/** Open event streams; those of one live when named. */
	streams(liveId?: string): number {
		return this.#machinery.streams.count(liveId);
	}

	/** Ends everything at once; nothing is delivered any more. */
	async stop(): Promise<void> {
		this.#machinery.sender.stop();
		this.#machinery.clock.clear();
		await new Promise<void>((resolve) => {
			this.#server.close(() => resolve());
			this.#server.closeAllConnections();
		});
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.stop();
	}
}
