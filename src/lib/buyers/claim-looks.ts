import type { Tone } from '../ui/tone.ts';
import type { BuyerClaim } from './types.ts';

/** How a claim stands, in a word. */
export const CLAIM_LOOKS: Record<
	BuyerClaim['state'],
	{ readonly label: string; readonly tone: Tone }
> = {
	winner: { label: 'Won', tone: 'free' },
	waitlist: { label: 'Waiting', tone: 'part' },
	released: { label: 'Passed on', tone: 'off' }
};
