/** What a generated rehearsal is made from, as `rehearsals.start` takes it. */
export type GeneratedShow = {
	readonly comments: number;
	readonly items: number;
	readonly minutes: number;
	readonly buyers: number;
	readonly seed: number;
};

export type GeneratedPart = keyof GeneratedShow;

/** The bounds that the API sets. */
export const BOUNDS: Record<GeneratedPart, { readonly min: number; readonly max: number }> = {
	comments: { min: 10, max: 50_000 },
	items: { min: 1, max: 200 },
	minutes: { min: 1, max: 240 },
	buyers: { min: 2, max: 5_000 },
	seed: { min: 0, max: 2_147_483_647 }
};

export const PRESETS: readonly {
	readonly label: string;
	readonly show: Omit<GeneratedShow, 'seed'>;
}[] = [
	{ label: 'Calm', show: { comments: 400, items: 12, minutes: 15, buyers: 60 } },
	{ label: 'Busy', show: { comments: 3_000, items: 40, minutes: 30, buyers: 400 } },
	{ label: 'Storm', show: { comments: 30_000, items: 100, minutes: 60, buyers: 3_000 } }
];

/** A whole number within bounds, or what is wrong with it in words. */
export function faultOf(part: GeneratedPart, value: number): string | null {
	const { min, max } = BOUNDS[part];
	return Number.isInteger(value) && value >= min && value <= max
		? null
		: `Use a whole number from ${min} to ${max}.`;
}

/** Stops of a slider. */
export const SLIDER_STEPS = 200;

/** Where a value stands on a slider on which equal distances are equal factors: 0 to `SLIDER_STEPS`. */
export function sliderPosition(part: GeneratedPart, value: number): number {
	const { min, max } = BOUNDS[part];
	const within = Math.min(Math.max(value, min), max);
	return Math.round((Math.log(within / min) / Math.log(max / min)) * SLIDER_STEPS);
}

/** The value at a place of that slider, in two figures; the ends are exact. */
export function sliderValue(part: GeneratedPart, position: number): number {
	const { min, max } = BOUNDS[part];
	if (position <= 0) return min;
	if (position >= SLIDER_STEPS) return max;
	const exact = min * (max / min) ** (position / SLIDER_STEPS);
	const unit = 10 ** Math.max(0, Math.floor(Math.log10(exact)) - 1);
	return Math.min(max, Math.max(min, Math.round(exact / unit) * unit));
}

/** `32 comments a minute` at that speed, rounded for people. */
export function commentsPerMinute(show: GeneratedShow, speed: number): number {
	return Math.round((show.comments / show.minutes) * speed);
}

/** How long it takes to play so many minutes at a speed: `45 s`, `10 min`, `2 h 5 min`. */
export function playingTime(minutes: number, speed: number): string {
	const seconds = Math.round((minutes / speed) * 60);
	if (seconds < 60) return `${Math.max(1, seconds)} s`;
	const whole = Math.round(seconds / 60);
	if (whole < 60) return `${whole} min`;
	const rest = whole % 60;
	return `${Math.floor(whole / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}
