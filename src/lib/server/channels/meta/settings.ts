/** The settings are read with the rest of the configuration, which knows no channel. */
export type { MetaSettings } from '../../config/meta.ts';
