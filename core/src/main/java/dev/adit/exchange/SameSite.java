package dev.adit.exchange;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Browsers that came before {@code SameSite=None} had a meaning: they refuse a cookie that says it, or take it for Strict.
 *
 * @see <a href="https://www.chromium.org/updates/same-site/incompatible-clients/">Incompatible clients</a>
 */
final class SameSite {
    /** Those that are meant say so early; whoever sends more shall not be searched through. */
    private static final int LONGEST = 512;

    private static final Pattern CHROME_40_TO_69 = Pattern.compile("Chrom(e|ium)/[456][0-9]\\.");
    private static final Pattern IOS_12 = Pattern.compile("\\(iP[^()]*OS 12[_ ]");
    private static final Pattern MAC_OS_10_14 = Pattern.compile("\\(Macintosh;[^()]*Mac OS X 10[_.]14[_.) ;]");
    private static final Pattern OTHER_ENGINE = Pattern.compile("Chrom(e|ium)/|Firefox/");

    private SameSite() {}

    /** Whether a cookie of {@code SameSite=None} is lost on who calls itself {@code userAgent}. */
    static boolean refusesNone(@Nullable String userAgent) {
        if (userAgent == null) {
            return false;
        }
        String text = userAgent.length() > LONGEST ? userAgent.substring(0, LONGEST) : userAgent;
        return CHROME_40_TO_69.matcher(text).find()
                || IOS_12.matcher(text).find()
                || MAC_OS_10_14.matcher(text).find()
                        && !OTHER_ENGINE.matcher(text).find();
    }
}
