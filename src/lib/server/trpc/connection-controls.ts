import { actorOf } from '../auth/member.ts';
import type { Member } from '../auth/member.ts';
import type { AccountChoices } from '../channels/connections.ts';
import type { Connection } from '../channels/connection-store.ts';
import type { LoginResult } from '../channels/login-flow.ts';
import { AppError } from '../errors.ts';
import { recordAudit } from '../history/audit.ts';
import type { MetaLogin } from '../history/tables/channels.ts';
import type { MetaServices } from '../jobs/meta-channels.ts';
import { askingPlatform } from './platform-errors.ts';
import type { ApiServices } from './services.ts';

/** Paths that Meta sends the seller back to; with the origin before them they are registered there. */
export const CALLBACK_PATHS: Record<MetaLogin, string> = {
	facebook: '/connections/callback/facebook',
	instagram: '/connections/callback/instagram'
};

/**
 * A member's connections: those of their workspace, whatever id is asked for. Throws `META_NOT_CONFIGURED`
 * for everything but the list when this server has no Meta app.
 */
export class ConnectionControls {
	readonly #services: Pick<ApiServices, 'meta' | 'db' | 'config'>;
	readonly #member: Member;

	constructor(services: Pick<ApiServices, 'meta' | 'db' | 'config'>, member: Member) {
		this.#services = services;
		this.#member = member;
	}

	/** Which logins this server offers. */
	offers(): Record<MetaLogin, boolean> {
		const { meta } = this.#services;
		return { facebook: meta !== null, instagram: meta?.flow.offersInstagramLogin ?? false };
	}

	async list(): Promise<Connection[]> {
		return (await this.#services.meta?.store.list(this.#member.workspace.id)) ?? [];
	}

	/** Throws `CONNECTION_NOT_FOUND`, alike for another workspace's and for one that does not exist. */
	async find(id: string): Promise<Connection> {
		const connection = (await this.list()).find((candidate) => candidate.id === id);
		if (!connection) throw new AppError('CONNECTION_NOT_FOUND');
		return connection;
	}

	/** Where to send the browser. `origin` counts only where the configuration names none. */
	async begin(login: MetaLogin, origin: string, rerequest: boolean): Promise<string> {
		const redirectUri = this.#redirectUri(login, origin);
		return await this.#meta().flow.begin(login, this.#session(), { redirectUri, rerequest });
	}

	/** Takes the browser that came back. Throws `CONNECT_EXPIRED` and the platform's refusals. */
	async finish(login: MetaLogin, origin: string, query: string): Promise<LoginResult> {
		const redirectUri = this.#redirectUri(login, origin);
		const search = new URLSearchParams(query);
		const { flow } = this.#meta();
		return await askingPlatform(flow.finish(login, this.#session(), { search, redirectUri }));
	}

	async choices(pickId: string): Promise<AccountChoices> {
		return await this.#meta().connections.choices(pickId, this.#session());
	}

	async connect(pickId: string, keys: readonly string[]): Promise<Connection[]> {
		const meta = this.#meta();
		const connected = await askingPlatform(meta.connections.connect(pickId, this.#session(), keys));
		for (const connection of connected) await this.#audit('connection.connected', connection);
		await meta.jobs.reconcileSoon();
		return connected;
	}

	/** Looks at the connection's health now. */
	async check(id: string): Promise<Connection> {
		const connection = await this.find(id);
		await this.#meta().health.check(connection);
		return await this.find(id);
	}

	async disconnect(id: string): Promise<void> {
		const connection = await this.find(id);
		await this.#meta().connections.disconnect(connection);
		await this.#audit('connection.disconnected', connection);
	}

	#meta(): MetaServices {
		const { meta } = this.#services;
		if (!meta) throw new AppError('META_NOT_CONFIGURED');
		return meta;
	}

	#redirectUri(login: MetaLogin, origin: string): string {
		return (this.#services.config.origin ?? origin) + CALLBACK_PATHS[login];
	}

	#session(): { readonly sessionId: string; readonly workspaceId: string } {
		return { sessionId: this.#member.sessionId, workspaceId: this.#member.workspace.id };
	}

	async #audit(action: string, { platform, accountName }: Connection): Promise<void> {
		await recordAudit(this.#services.db, {
			workspaceId: this.#member.workspace.id,
			showId: null,
			actor: actorOf(this.#member),
			action,
			target: `${platform} ${accountName}`,
			details: { platform }
		});
	}
}
