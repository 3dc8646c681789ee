import { join } from 'node:path';
import type { HelperProcess } from './helper-process.ts';
import { startHelper } from './helper-process.ts';
import { cookiesSchema, endpointSchema, receivedSchema, usageSchema } from './latency-messages.ts';
import type { FanoutRequest, ServerRequest, Usage } from './latency-messages.ts';
import type { Workbench } from './workbench.ts';

/** The product lets a member open fifty consoles at once. */
const SOCKETS_PER_MEMBER = 50;

/** What one connection costs a serving process, bytes. */
export type Growth = Pick<Usage, 'liveBytes' | 'residentBytes'>;

export type Turn = { readonly messagesPerSecond: number; readonly cpuMicroseconds: number };

/** A server and its subscribers, each in a process of its own. */
export class FanoutSide {
	readonly #bench: Workbench;
	/** Null for the bare writer. */
	readonly #showId: string | null;
	readonly #server: HelperProcess;
	readonly #client: HelperProcess;
	#url = '';
	#empty: Usage | null = null;
	#sockets = 0;
	#delivered = 0;
	#example = '';

	constructor(bench: Workbench, kind: 'web' | 'relay', showId: string | null) {
		const { redisUrl, databaseUrl } = bench.services;
		const file = (name: string): string => join(import.meta.dirname, name);
		this.#bench = bench;
		this.#showId = showId;
		this.#server = startHelper(file('latency-server.ts'), [kind, redisUrl, databaseUrl]);
		this.#client = startHelper(file('fanout-client.ts'), []);
	}

	/** The newest message that arrived. */
	get example(): string {
		return this.#example;
	}

	async open(): Promise<void> {
		const request = { do: 'endpoint' } satisfies ServerRequest;
		this.#url = (await this.#server.ask(request, endpointSchema)).url;
		this.#empty = await this.#usage(true);
	}

	/** Opens sockets until there are so many. Returns what the server has grown by for each. */
	async connect(subscribers: number): Promise<Growth> {
		const sockets = subscribers - this.#sockets;
		const count = Math.ceil(sockets / SOCKETS_PER_MEMBER);
		const { workspaceId } = this.#bench;
		const members = { do: 'members', workspaceId, count } satisfies ServerRequest;
		const cookies = await this.#server.ask(members, cookiesSchema);
		await this.#ask({ do: 'connect', url: this.#url, cookies, showId: this.#showId, sockets });
		this.#sockets = subscribers;
		const now = await this.#usage(true);
		const each = (figure: 'liveBytes' | 'residentBytes'): number =>
			Math.round((now[figure] - (this.#empty?.[figure] ?? 0)) / subscribers);
		return { liveBytes: each('liveBytes'), residentBytes: each('residentBytes') };
	}

	/** Sends messages, each once the one before has reached every subscriber. */
	async deliver(messages: number, send: () => Promise<unknown>): Promise<Turn> {
		const before = await this.#usage(false);
		const startedAt = performance.now();
		for (let message = 0; message < messages; message++) {
			this.#bench.signal.throwIfAborted();
			this.#delivered += this.#sockets;
			await send();
			await this.#ask({ do: 'receive', messages: this.#delivered });
		}
		const seconds = (performance.now() - startedAt) / 1_000;
		const after = await this.#usage(false);
		const deliveries = messages * this.#sockets;
		return {
			messagesPerSecond: deliveries / seconds,
			cpuMicroseconds: (after.cpuMicroseconds - before.cpuMicroseconds) / deliveries
		};
	}

	async close(): Promise<void> {
		await this.#client.stop();
		await this.#server.stop();
	}

	async #ask(request: FanoutRequest): Promise<void> {
		this.#example = (await this.#client.ask(request, receivedSchema)).example;
	}

	async #usage(collect: boolean): Promise<Usage> {
		const request = { do: 'usage', collect } satisfies ServerRequest;
		return await this.#server.ask(request, usageSchema);
	}
}
