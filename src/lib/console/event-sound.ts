import type { ShowEvent } from '../domain/events.ts';
import type { SignalName } from './signal-settings.svelte.ts';

/** The sound of an event, null for none. What an operator stopped is no fault. */
export function soundOf(event: ShowEvent): SignalName | null {
	switch (event.type) {
		case 'claim.created':
			return event.data.state === 'winner' ? 'win' : null;
		case 'claim.promoted':
			return 'promotion';
		case 'channel.status': {
			const { status, reason } = event.data;
			const isFault = status === 'degraded' || (status === 'disconnected' && reason !== 'stopped');
			return isFault ? 'channel' : null;
		}
		default:
			return null;
	}
}
