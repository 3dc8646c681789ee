import Circle from '@lucide/svelte/icons/circle';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import Contrast from '@lucide/svelte/icons/contrast';
import Lock from '@lucide/svelte/icons/lock';
import type { Component } from 'svelte';
import type { ItemClaims } from '../domain/show-state.ts';
import type { Tone } from '../ui/tone.ts';

export type Availability = 'unclaimed' | 'partial' | 'sold_out' | 'closed';

export type StateLook = {
	readonly label: string;
	readonly tone: Tone;
	/** Each state has a shape of its own, so that colour is never the only sign. */
	readonly icon: Component<{ class?: string; 'aria-hidden'?: 'true' }>;
};

/** How much of an item is left. */
export function availabilityOf(item: ItemClaims): Availability {
	if (item.state === 'closed') return 'closed';
	if (item.winners.length >= item.quantity) return 'sold_out';
	return item.winners.length > 0 ? 'partial' : 'unclaimed';
}

export const AVAILABILITY: Record<Availability, StateLook> = {
	unclaimed: { label: 'Unclaimed', tone: 'free', icon: Circle },
	partial: { label: 'Partial', tone: 'part', icon: Contrast },
	sold_out: { label: 'Sold out', tone: 'sold', icon: CircleCheck },
	closed: { label: 'Closed', tone: 'off', icon: Lock }
};
