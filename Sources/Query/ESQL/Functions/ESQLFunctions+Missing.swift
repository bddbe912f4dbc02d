extension ESQLFunctions {
  /// True of a function that Elasticsearch has and that is not here, by its name in capitals.
  static func isMissing(_ name: String) -> Bool { missing.contains(name) }

  private static let missing: Set<String> = [
    // Texts put into groups by what they are like, and what scores rows.
    "CATEGORIZE", "SCORE", "DECAY", "CHUNK", "TOP_SNIPPETS", "EXTRACT_SNIPPETS",
    // Texts for people, and drawings.
    "FMT_BYTES", "FMT_BYTES_SI", "FMT_DURATION", "FMT_PERCENT", "SPARKLINE",
    // Objects of flattened fields, groups by all other dimensions, and rows whose value may be null.
    "FIELD_EXTRACT_FLATTENED", "WITHOUT", "ALL_FIRST", "ALL_LAST",
    // Ranges.
    "RANGE_CONTAINS", "RANGE_INTERSECTS", "RANGE_MAX", "RANGE_MIN", "RANGE_WITHIN", "IN_RANGE", "TO_DATE_RANGE",
    "TO_DOUBLE_RANGE", "TO_RANGE",
    // Vectors.
    "KNN", "TEXT_EMBEDDING", "EMBEDDING", "TO_DENSE_VECTOR", "V_COSINE", "V_DOT_PRODUCT", "V_HAMMING", "V_L1_NORM",
    "V_L2_NORM",
    "V_MAGNITUDE",
    // Places beyond points.
    "ST_BUFFER", "ST_CONTAINS", "ST_DISJOINT", "ST_ENVELOPE", "ST_EXTENT_AGG", "ST_GEOHASH", "ST_GEOHEX", "ST_GEOTILE",
    "ST_GEOHASH_TO_GEOSHAPE", "ST_GEOHASH_TO_LONG", "ST_GEOHASH_TO_STRING", "ST_GEOHEX_TO_GEOSHAPE",
    "ST_GEOHEX_TO_LONG",
    "ST_GEOHEX_TO_STRING", "ST_GEOTILE_TO_GEOSHAPE", "ST_GEOTILE_TO_LONG", "ST_GEOTILE_TO_STRING",
    "ST_INTERSECTS", "ST_NPOINTS", "ST_SIMPLIFY", "ST_WITHIN", "ST_XMAX", "ST_XMIN", "ST_YMAX", "ST_YMIN",
    "TO_CARTESIANSHAPE",
    "TO_GEOHASH", "TO_GEOHEX", "TO_GEOSHAPE", "TO_GEOTILE",
    // Time series, and fields that hold sums.
    "ABSENT_OVER_TIME", "AVG_OVER_TIME", "COUNT_DISTINCT_OVER_TIME", "COUNT_OVER_TIME", "DELTA", "DERIV",
    "FIRST_OVER_TIME",
    "HISTOGRAM_PERCENTILE", "IDELTA", "INCREASE", "IRATE", "LAST_OVER_TIME", "MAX_OVER_TIME", "MIN_OVER_TIME",
    "PERCENTILE_OVER_TIME", "PRESENT_OVER_TIME", "RATE", "STDDEV_OVER_TIME", "SUM_OVER_TIME",
    "TO_AGGREGATE_METRIC_DOUBLE", "TO_COUNTER", "TO_EXPONENTIAL_HISTOGRAM", "TO_GAUGE", "TO_TDIGEST",
    "TO_AGGREGATEMETRICDOUBLE", "VARIANCE_OVER_TIME",
  ]
}
