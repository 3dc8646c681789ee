import { createContext } from 'svelte';
import { isTimeZone } from '../domain/time-zone.ts';

/** Cookie in which the browser tells its time zone, so that pages arrive with the right times. */
export const TIME_ZONE_COOKIE = 'time_zone';

/** The zone, or UTC for anything that is none: cookies come from clients. */
export function knownTimeZone(name: string | undefined): string {
	return name !== undefined && isTimeZone(name) ? name : 'UTC';
}

/** The browser's zone, remembered for the next page. Browser only. */
export function rememberBrowserZone(): string {
	const name = new Intl.DateTimeFormat().resolvedOptions().timeZone;
	document.cookie = `${TIME_ZONE_COOKIE}=${encodeURIComponent(name)}; path=/; max-age=31536000; samesite=lax`;
	return name;
}

/** Writes times in the workspace's time zone, or the browser's while nobody is signed in. */
export class TimeZone {
	#name = $state('UTC');
	readonly #clock = $derived(
		new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: this.#name })
	);
	readonly #dayAndTime = $derived(
		new Intl.DateTimeFormat('en-GB', {
			dateStyle: 'medium',
			timeStyle: 'short',
			timeZone: this.#name
		})
	);

	readonly #day = $derived(
		new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: this.#name })
	);

	constructor(name: string) {
		this.#name = name;
	}

	/** Another workspace, or another zone of this one. */
	use(name: string): void {
		if (name !== this.#name) this.#name = name;
	}

	/** `19:04:31` */
	time(at: number): string {
		return this.#clock.format(at);
	}

	/** `20 Nov 2025` */
	day(at: number): string {
		return this.#day.format(at);
	}

	/** `20 Nov 2025, 19:04` */
	dayAndTime(at: number): string {
		return this.#dayAndTime.format(at);
	}
}

export const [getTimeZone, setTimeZone] = createContext<TimeZone>();
