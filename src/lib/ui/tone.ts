/** What a colour says. It never says it alone: text or an icon stands beside it. */
export type Tone = 'neutral' | 'accent' | 'free' | 'part' | 'sold' | 'off' | 'live';

/** Soft background with readable text, for badges and marks. */
export const SOFT_TONE: Record<Tone, string> = {
	neutral: 'bg-sunken text-soft ring-line dark:bg-raised',
	accent: 'bg-accent-soft text-accent ring-accent/20',
	free: 'bg-free-soft text-free ring-free/20',
	part: 'bg-part-soft text-part ring-part/20',
	sold: 'bg-sold-soft text-sold ring-sold/20',
	off: 'bg-off-soft text-off ring-off/15',
	live: 'bg-sold-soft text-live ring-live/25'
};

export const TEXT_TONE: Record<Tone, string> = {
	neutral: 'text-soft',
	accent: 'text-accent',
	free: 'text-free',
	part: 'text-part',
	sold: 'text-sold',
	off: 'text-off',
	live: 'text-live'
};
