import type { Plugin } from 'vite';
import { dispatchUpgrade } from '../../src/lib/server/trpc/upgrade-slot.ts';

/**
 * Serves the consoles' WebSocket from Vite's development server; in production `scripts/start.ts` does.
 * Other paths are left to Vite, whose own socket shares the server.
 */
export function liveSocket(): Plugin {
	return {
		name: 'sellary-live-socket',
		configureServer(server) {
			server.httpServer?.on('upgrade', dispatchUpgrade);
		}
	};
}
