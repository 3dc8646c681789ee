const NAMES: Record<string, string> = {
	facebook: 'Facebook',
	instagram: 'Instagram',
	twitch: 'Twitch',
	youtube: 'YouTube',
	livekit: 'Live room',
	manual: 'Entered by hand'
};

/** What people call the platform; its own id when it is not known. */
export function platformName(platform: string): string {
	return NAMES[platform] ?? platform;
}
