"""The hall's reports: what a day, a month or a year came to, from the log alone."""
