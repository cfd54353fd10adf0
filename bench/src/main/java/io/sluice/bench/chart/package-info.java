/** Charts of measured figures, as SVG that is legible on light and on dark. */
@org.jspecify.annotations.NullMarked
package io.sluice.bench.chart;
